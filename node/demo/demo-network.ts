import { join } from 'node:path';
import { parseNodeId, type NodeId } from '../../config/node-id.ts';
import { UserError } from '../user-error.ts';
import { joinNetwork } from '../setup/join-network.ts';
import { makeInvite } from '../setup/make-invite.ts';
import { makeNetwork, type SetupMeans } from '../setup/make-network.ts';
import { parseNodeSettings, type NodeSettings } from '../setup/parse-options.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { freeTcpPort, freeTcpPortFrom, freeUdpPort } from './free-port.ts';

/** A node of the demo, its configuration written. */
export interface DemoNode {
  readonly id: NodeId;
  readonly name: string;
  readonly does: string;
  readonly configPath: string;
}

const FIRST_PROXY_PORT = 1080;

/**
 * Writes the configurations of three exits and a client into a folder, by the functions that `init`, `invite` and
 * `join` use. The client is told of the first exit only, and learns the others from it.
 */
export async function writeDemoNetwork(folder: string, means: SetupMeans): Promise<readonly DemoNode[]> {
  const path = (id: number): string => join(folder, `node-${id}`, 'uservpn.yaml');
  const firstListen = [await udpUrl(), await tcpUrl()];
  const first = { ...settings(firstListen), id: number(1), name: 'amber', exit: true };
  await makeNetwork(path(1), first, means);
  const nodes: DemoNode[] = [{ ...first, does: `exit on ${firstListen.join(' and ')}`, configPath: path(1) }];
  const join_ = async (id: NodeId, name: string, does: string, exit: boolean, node: NodeSettings): Promise<void> => {
    const roles = { exit, relay: false };
    const guest = { id, name, roles, expiresInSeconds: 3_600, replace: false, seenInMesh: false };
    const { link } = await makeInvite(readConfigFile(path(1)), guest, means);
    joinNetwork(path(id), link, node, means);
    nodes.push({ id, name, does, configPath: path(id) });
  };
  const second = await udpUrl();
  await join_(number(2), 'birch', `exit on ${second}`, true, settings([second]));
  const third = await tcpUrl();
  await join_(number(3), 'cedar', `exit on ${third}`, true, settings([third]));
  const proxy = `127.0.0.1:${await freeTcpPortFrom(FIRST_PROXY_PORT)}`;
  await join_(number(4), 'you', `client, SOCKS5 on ${proxy}`, false, settings([], proxy));
  return nodes;
}

/** Exits of the demo may reach this machine, because the demo's own page is on it. */
function settings(listen: readonly string[], socks?: string): NodeSettings {
  return parseNodeSettings({ listen, advertise: [], socks, allowPrivate: socks === undefined });
}

async function udpUrl(): Promise<string> {
  return `udp://127.0.0.1:${await freeUdpPort()}`;
}

async function tcpUrl(): Promise<string> {
  return `tcp://127.0.0.1:${await freeTcpPort()}`;
}

function number(value: number): NodeId {
  const id = parseNodeId(value);
  if (id === null) throw new UserError('failed', `${value} is no node number.`);
  return id;
}
