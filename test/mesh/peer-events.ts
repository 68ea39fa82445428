import t from 'tap';
import { type EventReaders, PeerEvents } from '../../mesh/peer-events.ts';
import type { PeerEvent } from '../../mesh/peering/peer-context.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const PEER = nodeId(9);

/** Everybody writes down what was handed over. */
function readersOf(said: string[], isNews: boolean): EventReaders {
  return {
    isExit: () => true,
    desk: { peerEvent: (id, { type }, nowMs, wallS) => said.push(`desk ${id} ${type} ${nowMs} ${wallS}`) },
    directory: {
      demoteRoutes: (id, tag, nowMs) => said.push(`directory demotes ${id} ${tag.join(' ')} ${nowMs}`),
      followRelay: (id, { type }) => said.push(`directory ${id} ${type}`),
    },
    oob: {
      receive: (id, { topic }, nowMs) => said.push(`oob ${id} ${topic} ${nowMs}`),
      peerUp: (id, nowMs) => said.push(`oob up ${id} ${nowMs}`),
    },
    punching: { receive: (id, { step }, nowMs) => said.push(`punching ${id} ${step} ${nowMs}`) },
    reports: { peerEvent: (id, { type }) => said.push(`reports ${id} ${type}`) },
    roaming: { peerChanged: (id, nowMs) => said.push(`roaming ${id} ${nowMs}`) },
    second: {
      said: (id, isOtherHeard, nowMs) => said.push(`second ${id} ${isOtherHeard} ${nowMs}`),
      up: (id) => said.push(`second up ${id}`),
    },
    self: {
      observed: (id, { host }, localPort, nowMs) => {
        said.push(`self ${id} ${host} ${localPort} ${nowMs}`);
        return isNews;
      },
      peerGone: (id) => said.push(`self gone ${id}`),
    },
    describeOwn: () => said.push('own'),
  };
}

const ADDRESS = { transport: 'udp', source: 'observed', host: '198.51.100.1', port: 5 } as const;
const TABLE: readonly (readonly [PeerEvent, readonly string[]])[] = [
  [{ type: 'up' }, ['reports 9 up', 'second up 9', 'oob up 9 7', 'desk 9 up 7 8', 'directory 9 up', 'roaming 9 7']],
  [{ type: 'down', reason: 'silent' }, ['reports 9 down', 'self gone 9', 'desk 9 down 7 8', 'directory 9 down']],
  [
    { type: 'down', reason: 'superseded' },
    ['reports 9 down', 'second 9 true 7', 'self gone 9', 'desk 9 down 7 8', 'directory 9 down'],
  ],
  [
    { type: 'superseded', isOtherHeard: false },
    ['second 9 false 7', 'desk 9 superseded 7 8', 'directory 9 superseded'],
  ],
  [{ type: 'changed' }, ['reports 9 changed', 'desk 9 changed 7 8', 'directory 9 changed', 'roaming 9 7']],
  [{ type: 'moved', change: 'x' }, ['reports 9 moved', 'desk 9 moved 7 8', 'directory 9 moved']],
  [{ type: 'persist' }, ['reports 9 persist', 'desk 9 persist 7 8', 'directory 9 persist']],
  [{ type: 'keep-alive' }, ['reports 9 keep-alive', 'desk 9 keep-alive 7 8', 'directory 9 keep-alive']],
  [
    { type: 'gossip', frame: { type: 'table', bytes: new Uint8Array(9) } },
    ['reports 9 gossip', 'desk 9 gossip 7 8', 'directory 9 gossip'],
  ],
  [
    { type: 'mail', frame: { type: 'oob', topic: 'topic', bytes: new Uint8Array(1) } },
    ['oob 9 topic 7', 'desk 9 mail 7 8', 'directory 9 mail'],
  ],
  [
    { type: 'mail', frame: { type: 'punch', step: 'ask', node: nodeId(3) } },
    ['punching 9 ask 7', 'desk 9 mail 7 8', 'directory 9 mail'],
  ],
  [
    { type: 'unreachable', tag: Uint8Array.of(1, 2) },
    ['directory demotes 9 1 2 7', 'desk 9 unreachable 7 8', 'directory 9 unreachable'],
  ],
  [
    { type: 'observed', address: ADDRESS, localPort: 4 },
    ['self 9 198.51.100.1 4 7', 'own', 'desk 9 observed 7 8', 'directory 9 observed'],
  ],
];

t.test('each event goes to those whom it concerns', async (t) => {
  for (const [event, expected] of TABLE) {
    const said: string[] = [];
    new PeerEvents(readersOf(said, true)).take(PEER, event, 7, 8);
    t.same(said, expected, event.type);
  }
});

t.test('where the own addresses stay the same nobody is told', async (t) => {
  const said: string[] = [];
  new PeerEvents(readersOf(said, false)).take(PEER, { type: 'observed', address: ADDRESS, localPort: null }, 7, 8);
  t.notOk(said.includes('own'));
});

for (const isExit of [true, false]) {
  t.test(`a stream to ${isExit ? 'an exit' : 'a node that is certified as none'}`, async (t) => {
    const sim = new SimMesh(await loadSodium(), 4);
    const server = sim.add(1, { exit: isExit, listens: ['udp'] });
    const client = sim.add(2, { servers: [{ id: server.id, endpoints: [SimMesh.endpoint(server)] }] });
    t.ok(sim.until(() => client.stateOf(server) === 'up'));
    let offered = 0;
    server.onStream = (stream) => {
      offered++;
      stream.refuse('failed');
    };
    const stream = new EchoStream(sim, client, server);
    t.ok(sim.until(() => stream.ends.length > 0));
    t.same(stream.ends, [`refused: ${isExit ? 'failed' : 'not-an-exit'}`]);
    t.equal(offered, isExit ? 1 : 0);
  });
}
