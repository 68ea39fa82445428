import { isPublicIp } from '../config/address-class.ts';
import { formatEndpoint } from '../config/endpoint.ts';
import { formatKeyText } from '../config/key-text.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import { heardNodes } from './gossip/heard-nodes.ts';
import type { NodeView } from './mesh-view.ts';
import type { Peer } from './peering/peer.ts';

/** Every other node that is known by its record or is a peer, by number. */
export function viewNodes(
  gossip: Gossip,
  peers: ReadonlyMap<NodeId, Peer>,
  ownId: NodeId,
  nowMs: number,
): readonly NodeView[] {
  const ids = new Set<NodeId>([...gossip.membership.members().map((member) => member.id), ...peers.keys()]);
  ids.delete(ownId);
  const own = [...peers.values()].filter(({ session }) => session.quality !== null).map(({ id }) => id);
  const heard = heardNodes(own, (id) => gossip.states.get(id));
  const isHeard = (id: NodeId): boolean | null => (own.length === 0 ? null : heard.has(id));
  return [...ids].toSorted((a, b) => a - b).map((id) => viewNode(id, gossip, peers.get(id), isHeard(id), nowMs));
}

function viewNode(
  id: NodeId,
  gossip: Gossip,
  peer: Peer | undefined,
  isHeard: boolean | null,
  nowMs: number,
): NodeView {
  const record = gossip.table.get(id);
  const member = gossip.membership.member(id);
  const seen = record?.addresses.filter(({ source, host }) => source === 'observed' && isPublicIp(host)) ?? [];
  const reachable = record?.addresses.filter(({ source }) => source === 'configured') ?? [];
  const stats = peer?.session.stats ?? null;
  const traffic = peer?.session.traffic ?? { bytesSent: 0, bytesReceived: 0 };
  return {
    id,
    identity: member === null ? '' : formatKeyText(member.identity),
    name: record?.name ?? '',
    roles: member?.roles ?? { exit: false, relay: false },
    country: record?.country ?? '',
    position: record?.position ?? null,
    draining: record?.draining ?? null,
    publicAddresses: seen.map(({ host }) => host),
    natClass: record?.natClass ?? 'unknown',
    softwareVersion: record?.softwareVersion ?? '',
    addresses: reachable.map((address) => formatEndpoint(address)),
    isHeard,
    state: peer?.state ?? 'idle',
    backInMs: peer?.absence.leftMs(nowMs) ?? null,
    rttMs: peer?.session.rttMs ?? null,
    link: peer?.session.paths.activeLink?.link.remote ?? null,
    maxMessageBytes: stats === null || stats.maxMessageBytes === 0 ? null : stats.maxMessageBytes,
    streams: stats?.streams ?? 0,
    ...traffic,
  };
}
