import t from 'tap';
import type { Endpoint } from '../../config/endpoint.ts';
import { parseNodeId } from '../../config/node-id.ts';
import type { MeshStream } from '../../mesh/mesh-stream.ts';
import { systemClock } from '../../node/clock.ts';
import { MeshWiring } from '../../node/mesh-wiring.ts';
import type { Link, LinkHandler, Transport } from '../../transports/transport.ts';
import { keepingLog } from './fixtures/keeping-log.ts';
import { RecordingMesh } from './fixtures/recording-mesh.ts';

const PEER = parseNodeId(3)!;
const UDP: Endpoint = { transport: 'udp', host: '192.0.2.7', port: 4840 };
const KCP: Endpoint = { transport: 'kcp', host: '192.0.2.7', port: 4840 };

function link(remote: string): Link {
  return {
    remote,
    reliable: false,
    maxMessageBytes: 1232,
    maxProbeBytes: 1232,
    writable: true,
    takeBuffer: (bytes) => new Uint8Array(bytes),
    send: () => {},
    keep: () => {},
    close: () => {},
  };
}

function wire() {
  const mesh = new RecordingMesh();
  const { log, lines } = keepingLog();
  const happened: unknown[] = [];
  const dialled: { endpoint: Endpoint; handler: LinkHandler }[] = [];
  const udp: Transport = {
    listen: () => Promise.reject(new Error('not here')),
    dial: (endpoint, handler) => {
      dialled.push({ endpoint, handler });
      return link(`udp://${endpoint.host}`);
    },
  };
  const wiring = new MeshWiring({
    mesh,
    clock: systemClock,
    log,
    transports: new Map([['udp' as const, udp]]),
    localAddresses: () => ['192.0.2.9'],
    onStream: (stream) => happened.push(['stream', stream]),
    onNodesChanged: () => happened.push('nodes-changed'),
    onPong: (peer, rttMs) => happened.push(['pong', peer, rttMs]),
    onOob: (from, topic, bytes) => happened.push(['oob', from, topic, bytes.length]),
    onPersist: () => happened.push('persist'),
    onBegunAnew: () => happened.push('begun-anew'),
  });
  return { mesh, wiring, lines, happened, dialled };
}

t.test('what links say goes into the mesh', (t) => {
  const { mesh, wiring } = wire();
  const from = link('udp://a');
  wiring.received(from, new Uint8Array(70));
  wiring.writable(from);
  wiring.closed(from, { code: 'ended' });
  t.same(mesh.calls, ['receive 70', 'linkWritable', 'linkClosed udp://a ended']);
  t.equal(mesh.links[0], from);
  t.end();
});

t.test('a link that ends is no error in the log', (t) => {
  const { wiring, lines } = wire();
  wiring.closed(link('udp://a'), { code: 'reset', cause: new Error('ECONNRESET') });
  t.match(lines, [{ level: 20, code: 'reset' }]);
  t.end();
});

t.test('every event is carried out, those included that carrying out brings about', (t) => {
  const { mesh, wiring, lines, happened, dialled } = wire();
  const stream = { peer: PEER } as unknown as MeshStream;
  mesh.events = [
    { type: 'dial', dialId: 7, endpoint: UDP, beside: null },
    { type: 'stream', stream },
    { type: 'nodes-changed' },
    { type: 'pong', peer: PEER, rttMs: 4.5 },
    { type: 'oob', from: PEER, topic: 'topic', bytes: new Uint8Array(3) },
    { type: 'look-around' },
  ];
  mesh.onCall = (call) => {
    if (call.startsWith('linkOpened')) {
      mesh.events.push(
        { type: 'persist' },
        { type: 'begun-anew' },
        { type: 'notice', level: 'warn', code: 'peer-down', message: 'node 3 is down', node: PEER },
      );
    }
  };
  wiring.start();
  t.same(happened, [
    ['stream', stream],
    'nodes-changed',
    ['pong', PEER, 4.5],
    ['oob', PEER, 'topic', 3],
    'persist',
    'begun-anew',
  ]);
  t.same(
    dialled.map(({ endpoint }) => endpoint),
    [UDP],
  );
  t.equal(dialled[0]?.handler, wiring, 'what the new link receives comes here');
  t.same(mesh.calls, ['linkOpened 7 udp://192.0.2.7', 'setLocalAddresses 192.0.2.9']);
  t.same(lines, [{ level: 40, code: 'peer-down', node: 3, msg: 'node 3 is down' }]);
  t.end();
});

t.test("what was passed on for others is the mesh's to tell", (t) => {
  const { mesh, wiring } = wire();
  t.equal(wiring.relayed, mesh.relayed);
  t.end();
});

t.test('messages to other nodes go through', (t) => {
  const { mesh, wiring } = wire();
  t.equal(wiring.sendOob(PEER, 'topic', new Uint8Array(5)), true);
  t.same(mesh.calls, ['oob 3 topic 5']);
  t.end();
});

t.test('a dial for which there is no transport closes like any other that fails', async (t) => {
  const { mesh, wiring } = wire();
  mesh.events = [{ type: 'dial', dialId: 1, endpoint: KCP, beside: null }];
  const closed = new Promise<void>((resolve) => {
    mesh.onCall = (call) => {
      if (call.startsWith('linkClosed')) resolve();
    };
  });
  wiring.start();
  await closed;
  t.same(mesh.calls, ['linkOpened 1 kcp://192.0.2.7:4840', 'linkClosed kcp://192.0.2.7:4840 failed']);
});

t.test('a mesh that wants a tick gets it, and its events are carried out', async (t) => {
  const { mesh, wiring, happened } = wire();
  const ticked = new Promise<void>((resolve) => {
    mesh.onCall = () => {
      mesh.events.push({ type: 'persist' });
      setImmediate(resolve);
    };
  });
  mesh.wakeAtMs = 0;
  wiring.start();
  t.same(mesh.calls, []);
  await ticked;
  t.same(mesh.calls, ['tick']);
  t.same(happened, ['persist']);
});

t.test('after close nothing is called any more', (t) => {
  const { mesh, wiring, happened } = wire();
  mesh.onCall = () => mesh.events.push({ type: 'persist' });
  wiring.close();
  t.same(mesh.calls, ['close']);
  t.same(happened, ['persist'], 'what the end brings about is carried out');
  mesh.wakeAtMs = 0;
  mesh.onWakeChanged();
  t.notOk(process.getActiveResourcesInfo().includes('Immediate'));
  t.end();
});

t.test('a node that drains, and one that says when it is back', (t) => {
  const { mesh, wiring } = wire();
  wiring.setDraining({ leavesAtS: 5 });
  t.same(wiring.own, { draining: { leavesAtS: 5 }, publicAddresses: [], natClass: 'unknown', superseded: null });
  wiring.setDraining(null);
  wiring.close(30);
  t.same(mesh.calls, ['drains until 5', 'drains no longer', 'close for 30 s']);
  t.end();
});
