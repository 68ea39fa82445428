import t from 'tap';
import type { MeshNodeOptions } from '../../mesh/mesh-options.ts';
import { admitSigned, restoreMesh } from '../../node/restore-mesh.ts';
import { changeNetworkKey } from '../../node/setup/sign-key-change.ts';
import { revokeNumber } from '../../node/setup/sign-revocation.ts';
import { MeshState } from '../../node/state/mesh-state.ts';
import { keepingLog } from './fixtures/keeping-log.ts';
import { guest, linkFrom, MADE_AT_MS, meansAt, networkIn, nodeId } from './fixtures/network.ts';
import { RecordingMesh } from './fixtures/recording-mesh.ts';

t.test('a mesh is made of the configuration and of what was saved', async (t) => {
  const loaded = await networkIn(t.testdir(), ['udp://127.0.0.1:4840'], '127.0.0.1:0');
  const config = { ...loaded.config, sendRateMbps: 20, relayRateMbps: 50, relaySharePercent: 25 };
  const { sodium } = await meansAt();
  const state = new MeshState(loaded.stateFolder, new Uint8Array(32));
  state.save({ incarnation: 3 });
  const given: MeshNodeOptions[] = [];
  const mesh = new RecordingMesh();
  const made = restoreMesh(
    {
      loaded: { ...loaded, config },
      extraServers: [{ transport: 'udp', host: '192.0.2.9', port: 1 }],
      softwareVersion: '9.8.7',
      sodium,
      clock: { nowMs: () => 17, wallMs: () => MADE_AT_MS },
      log: keepingLog().log,
      makeMesh: (options) => {
        given.push(options);
        return mesh;
      },
    },
    state,
  );
  t.equal(made, mesh);
  t.match(given, [
    {
      id: 1,
      name: 'amber',
      country: '',
      softwareVersion: '9.8.7',
      advertised: [{ port: 4840 }],
      servers: [{ id: null, endpoints: [{ host: '192.0.2.9' }] }],
      wantsExits: true,
      sendBytesPerMs: 2_500,
      portion: { share: 0.25, isSplit: false },
      relayLimits: { bytesPerMs: 6_250, packetsPerMs: 10 },
      persisted: { incarnation: 3 },
      nowMs: 17,
      wallMs: MADE_AT_MS,
    },
  ]);
  t.same(given[0]?.identitySeed, config.identity);
  t.same(given[0]?.networkKey, config.networkKey);
  t.same(given[0]?.credential, config.credential);
});

t.test('what was signed here is handed over, on the node with the admin key only', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  const calls: string[] = [];
  const wiring = {
    admit: (document: Uint8Array, kind: string): boolean => {
      calls.push(`${kind} ${document.length}`);
      return true;
    },
  };
  admitSigned(loaded, MADE_AT_MS, wiring);
  t.same(calls, []);
  await linkFrom(loaded, guest());
  await revokeNumber(loaded, nodeId(2), false, means);
  await changeNetworkKey(loaded, 60, means);
  admitSigned(loaded, MADE_AT_MS, wiring);
  t.same(calls, ['revocation 70', 'key-change 105']);
  const { adminKey, ...member } = loaded.config;
  t.ok(adminKey);
  admitSigned({ ...loaded, config: member }, MADE_AT_MS, wiring);
  t.equal(calls.length, 2);
});
