import t from 'tap';
import { MeshAssembly } from '../../mesh/mesh-assembly.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { nodeOptions } from './fixtures/node-options.ts';

const sodium = await loadSodium();
const unused = (): void => {};

t.test('a credential that is none, or of another number, is refused', async (t) => {
  const options = nodeOptions(sodium);
  t.throws(() => new MeshAssembly({ ...options, credential: new Uint8Array(10) }, unused), RangeError);
  t.throws(() => new MeshAssembly({ ...options, id: nodeId(8) }, unused), RangeError);
});

t.test('nothing happens before somebody asks for it', async (t) => {
  const parts = new MeshAssembly(nodeOptions(sodium), () => t.fail('no stream was used'));
  t.same(parts.reports.take(), []);
  t.equal(parts.gossip.table.get(nodeId(7)), null);
  t.equal(parts.directory.peers.size, 0);
  t.equal(parts.keys.wakeAtMs, parts.ephemeral.wakeAtMs);
  for (const { wakeAtMs } of [parts.desk, parts.directory, parts.punching, parts.roaming]) t.equal(wakeAtMs, Infinity);
});

t.test('the parts know each other: what the node is like is in its own table, with the key in use', async (t) => {
  const advertised = [{ transport: 'udp', host: '192.0.2.1', port: 4_840 }] as const;
  const parts = new MeshAssembly(nodeOptions(sodium, { advertised }), unused);
  parts.describeOwn();
  const record = parts.gossip.table.get(nodeId(7));
  t.match(record, { name: 'name', server: true, incarnation: parts.incarnation.current });
  t.same(record?.ephemeralPublicKey, parts.ephemeral.current.publicKey);
  parts.sealing.setNow(3_600_000);
  parts.keys.tick(3_600_000, 0);
  const renewed = parts.gossip.table.get(nodeId(7));
  t.not(renewed, record, 'a new key is told of itself');
  t.same(renewed?.ephemeralPublicKey, parts.ephemeral.current.publicKey);
});
