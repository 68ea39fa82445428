import t from 'tap';
import { PacketFlow, printFlowOnFailure } from './fixtures/sim/packet-flow.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';

t.test('draws what crossed, and what became of it', (t) => {
  const flow = new PacketFlow({ decode: (bytes, from) => (bytes[0] === 1 ? `HELLO of ${from}` : null) });
  const network = new SimNetwork({ seed: 1, flow, link: { delayMs: 10, mtuBytes: 1400 } });
  const [a, b, c] = [network.addHost('laptop'), network.addHost('relay'), network.addHost('exit')];
  network.addHost('bystander');
  const [near, middle, far] = [a.udp(1), b.udp(1), c.udp(1)];
  near.send(far.address, new Uint8Array([1, 2, 3]));
  network.run({ untilMs: 20 });
  far.send(middle.address, new Uint8Array(1232));
  middle.send(near.address, new Uint8Array(1500));
  network.run({ untilMs: 40.5 });
  middle.send(network.address(a.ip, 9), new Uint8Array(8));
  network.run({ untilMs: 50.5 });
  near.send(network.address('192.0.2.1', 1), new Uint8Array(1));
  t.same(
    flow
      .draw()
      .split('\n')
      .map((line) => line.trimEnd()),
    [
      '          ms  nowhere       laptop        relay         exit',
      '       0.000  |             o-------------+------------>|                  3 B  at 10.000  HELLO of laptop',
      '      20.000  |             |             |<------------o               1232 B  at 30.000',
      '      20.000  |             |      x------o             |               1500 B  mtu',
      '      40.500  |             |<------------o             |                  8 B  at 50.500  refused',
      '      50.500  |             o------------>|             |                 56 B  at 60.500  in-flight  [refused]',
      '      50.500  |<------------o             |             |                  1 B  at 60.500  in-flight',
    ],
  );
  network.run();
  t.same(
    flow.last(2).map(({ fate }) => fate),
    ['delivered', 'unreachable'],
  );
  t.end();
});

t.test('the ring forgets the oldest and settles only what it has', (t) => {
  const flow = new PacketFlow({ capacity: 4 });
  flow.addColumn(0, 'a');
  flow.addColumn(1, 'b');
  for (let count = 0; count < 10; count++) flow.record(count, count + 1, 0, 1, count, 'in-flight');
  flow.settle(5, 'lost');
  flow.note(5, 'too late');
  flow.settle(6, 'delivered');
  flow.note(7, 'one');
  flow.note(7, 'two');
  t.equal(flow.recorded, 10);
  t.same(
    flow.last().map(({ bytes, fate, label }) => `${bytes} ${fate} ${label}`),
    ['6 delivered ', '7 in-flight one, two', '8 in-flight ', '9 in-flight '],
  );
  t.same(
    flow.last(2).map(({ bytes }) => bytes),
    [8, 9],
  );
  t.match(flow.draw(2), /\n *\.\.\. {2}8 before\n/);
  t.end();
});

t.test('is printed where a test failed, and only there', (t) => {
  const flow = new PacketFlow();
  flow.addColumn(0, 'a');
  flow.addColumn(1, 'b');
  flow.record(1, 2, 0, 1, 77, 'lost');
  for (const passes of [true, false]) {
    const comments: string[] = [];
    const endings: (() => void)[] = [];
    printFlowOnFailure(
      {
        passing: () => passes,
        comment: (text) => comments.push(text),
        teardown: (callback) => endings.push(callback),
      },
      flow,
    );
    t.same(comments, []);
    for (const ending of endings) ending();
    t.equal(comments.length, passes ? 0 : 1);
    if (!passes) t.match(comments[0], /77 B {2}at 2\.000 {2}lost/);
  }
  t.end();
});
