import t from 'tap';
import type { SimHost } from './fixtures/sim/sim-host.ts';
import type { NatKind } from './fixtures/sim/sim-nat.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';

/** A host behind a NAT, two outside, and what each of them got: `TO FROM`. */
function make(kind: NatKind) {
  const network = new SimNetwork({ seed: 1 });
  const inner = network.addHost('inner', '192.168.1.2');
  const nat = inner.putBehindNat('9.0.0.1', kind, 60_000);
  const outer = [network.addHost('a', '8.0.0.1'), network.addHost('b', '8.0.0.2')] as const;
  const got: string[] = [];
  const open = (host: SimHost) => {
    const socket = host.udp(4_840);
    socket.onDatagram = (from) => got.push(`${host.name} ${from.text}`);
    return socket;
  };
  const [own, a, b] = [open(inner), open(outer[0]), open(outer[1])];
  const pass = (ms = 100): string[] => {
    network.run({ untilMs: network.nowMs + ms });
    return got.splice(0);
  };
  return { network, inner, nat, own, a, b, pass };
}

const BYTES = new Uint8Array(10);

t.test('nobody gets in unasked, nor by the inner address', async (t) => {
  const { network, own, a, pass } = make('full-cone');
  a.send(own.address, BYTES);
  a.send(network.address('9.0.0.1', 20_000), BYTES);
  a.send(network.address('9.0.0.1', 4_840), BYTES);
  t.same(pass(), []);
});

t.test('full cone: one port for all, and whoever sends there gets in', async (t) => {
  const { network, own, a, b, pass } = make('full-cone');
  own.send(a.address, BYTES);
  own.send(b.address, BYTES);
  t.same(pass(), ['a 9.0.0.1:20000', 'b 9.0.0.1:20000']);
  const outside = network.address('9.0.0.1', 20_000);
  a.send(outside, BYTES);
  b.send(outside, BYTES);
  t.same(pass(), ['inner 8.0.0.1:4840', 'inner 8.0.0.2:4840']);
  t.same(pass(60_000), []);
  a.send(outside, BYTES);
  t.same(pass(), [], 'until it is forgotten');
});

t.test('port-restricted: one port for all, and who was sent to gets in', async (t) => {
  const { network, own, a, b, pass } = make('port-restricted');
  own.send(a.address, BYTES);
  t.same(pass(), ['a 9.0.0.1:20000']);
  const outside = network.address('9.0.0.1', 20_000);
  a.send(outside, BYTES);
  b.send(outside, BYTES);
  t.same(pass(), ['inner 8.0.0.1:4840']);
  own.send(b.address, BYTES);
  t.same(pass(), ['b 9.0.0.1:20000']);
});

t.test('symmetric: a port for each, and who was sent to gets in by his own', async (t) => {
  const { network, own, a, b, pass } = make('symmetric');
  own.send(a.address, BYTES);
  own.send(b.address, BYTES);
  own.send(a.address, BYTES);
  t.same(pass(), ['a 9.0.0.1:20000', 'b 9.0.0.1:20001', 'a 9.0.0.1:20000']);
  for (const port of [20_000, 20_001]) a.send(network.address('9.0.0.1', port), BYTES);
  t.same(pass(), ['inner 8.0.0.1:4840']);
});

t.test('what is forgotten, and leaving', async (t) => {
  const { network, inner, nat, own, a, pass } = make('full-cone');
  own.send(a.address, BYTES);
  pass();
  nat.forgetAll();
  a.send(network.address('9.0.0.1', 20_000), BYTES);
  t.same(pass(), []);
  own.send(a.address, BYTES);
  t.same(pass(), ['a 9.0.0.1:20001']);
  inner.leaveNat();
  inner.changeAddress('9.0.0.7');
  own.send(a.address, BYTES);
  t.same(pass(), ['a 9.0.0.7:4840']);
});

t.test('two hosts behind one NAT: one network or not, and whether it leads back', async (t) => {
  for (const kind of ['full-cone', 'port-restricted', 'symmetric'] as const) {
    const { network, nat, own, a, pass } = make(kind);
    const other = network.addHost('other', '192.168.1.3');
    t.equal(other.putBehindNat('9.0.0.1', kind), nat);
    const socket = other.udp(4_840);
    const got: string[] = [];
    socket.onDatagram = (from) => got.push(from.text);
    own.send(socket.address, BYTES);
    pass();
    t.same(got.splice(0), ['192.168.1.2:4840'], 'without translation');
    own.send(a.address, BYTES);
    socket.send(a.address, BYTES);
    t.same(pass(), ['a 9.0.0.1:20000', 'a 9.0.0.1:20001'], 'each has a port of its own');
    for (const port of [20_000, 20_001]) a.send(network.address('9.0.0.1', port), BYTES);
    t.same(pass(), ['inner 8.0.0.1:4840']);
    t.same(got.splice(0), ['8.0.0.1:4840']);
    own.send(network.address('9.0.0.1', 20_001), BYTES);
    pass();
    t.same(got, [], 'it does not lead back');
    nat.hairpins = true;
    own.send(network.address('9.0.0.1', 20_001), BYTES);
    pass();
    t.equal(got.length, kind === 'full-cone' ? 1 : 0, 'who was not sent to does not get in');
    other.leaveNat();
    own.send(a.address, BYTES);
    t.same(pass(), [`a 9.0.0.1:20000`], 'the one that stays is known');
    a.send(network.address('9.0.0.1', 20_001), BYTES);
    pass();
    t.equal(got.splice(0).length, kind === 'full-cone' ? 1 : 0);
    other.putBehindNat('9.0.0.1', kind);
    nat.isOneNetwork = false;
    own.send(socket.address, BYTES);
    pass();
    t.same(got, [], 'a carrier’s: each in a network of its own');
  }
});
