import { z } from 'zod';
import type { NodeId } from '../config/node-id.ts';
import { bytesToText, textToBytes } from './gossip/saved-bytes.ts';
import type { NetworkRing } from './network-ring.ts';
import type { SavedPeer } from './peering/saved-peer.ts';

const u32 = z.number().int().min(0).max(0xffff_ffff);

const schema = z.object({
  version: z.literal(1),
  incarnation: u32,
  peers: z.record(
    z.string().regex(/^[0-9]{1,3}$/),
    z.object({ session: u32, lastGood: z.string().max(600).nullable() }),
  ),
  olderNetworkKey: z.string().max(64).nullable(),
  /** Checked by those who wrote them. */
  hellos: z.unknown(),
  knowledge: z.unknown(),
});

/** What a node keeps over restarts, as plain data for JSON. It holds network keys: it must not be readable by others. */
export interface SavedMesh {
  readonly version: 1;
  /** Of the process that saved it. */
  readonly incarnation: number;
  readonly peers: Readonly<Record<string, SavedPeer>>;
  /** The network key before the newest change, in its grace period, or null. */
  readonly olderNetworkKey: string | null;
  readonly hellos: unknown;
  readonly knowledge: unknown;
}

/** Nothing saved yet. */
const NOTHING: SavedMesh = {
  version: 1,
  incarnation: 0,
  peers: {},
  olderNetworkKey: null,
  hellos: null,
  knowledge: null,
};

/** Reads back what was saved; anything else counts as nothing. */
export function readSavedMesh(saved: unknown): SavedMesh {
  const result = schema.safeParse(saved);
  return result.success ? { ...result.data, hellos: result.data.hellos, knowledge: result.data.knowledge } : NOTHING;
}

/** What {@link gatherMesh} gathers it from. */
export interface MeshParts {
  readonly incarnation: number;
  readonly networks: Pick<NetworkRing, 'older'>;
  readonly peers: ReadonlyMap<NodeId, { readonly saved: SavedPeer }>;
  readonly hellos: unknown;
  readonly knowledge: unknown;
}

/** What to save now; of peers that this process has not met, what was saved before. */
export function gatherMesh(
  before: SavedMesh,
  { incarnation, networks, peers, hellos, knowledge }: MeshParts,
): SavedMesh {
  const met = Object.fromEntries([...peers].map(([id, peer]) => [String(id), peer.saved]));
  const olderNetworkKey = networks.older && bytesToText(networks.older);
  return { version: 1, incarnation, olderNetworkKey, peers: { ...before.peers, ...met }, hellos, knowledge };
}

/** What was saved of one peer, or null. */
export function savedPeer(saved: SavedMesh, id: NodeId): SavedPeer | null {
  return saved.peers[String(id)] ?? null;
}

/** The network key before the newest change, or null. */
export function savedNetworkKey({ olderNetworkKey }: SavedMesh): Uint8Array | null {
  const bytes = textToBytes(olderNetworkKey);
  return bytes?.length === 32 ? bytes : null;
}
