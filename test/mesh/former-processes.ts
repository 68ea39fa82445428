import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';
import { MESH_PORT, type SimNode } from '../fixtures/sim-node.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

/** Two exits, a client of theirs, and another client whose configuration was started on a second machine afterwards. */
function makeTwins(t: FailingTest): {
  readonly sim: SimMesh;
  readonly exits: readonly SimNode[];
  readonly twin: SimNode;
  readonly copy: SimNode;
} {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  if (!untilUp(sim, client, exits)) throw new Error('the client does not get through');
  const twin = sim.add(50, { servers: [firstServer(exits[0]!)], wantsExits: true });
  if (!untilUp(sim, twin, exits)) throw new Error('the twin does not get through');
  // The same number and identity on another machine, whose state is not the first one's.
  sim.pass(2_000);
  return { sim, exits, twin, copy: sim.addCopy(twin, 'copy') };
}

function told({ notices }: SimNode, code = 'configuration-copied'): number {
  return notices.filter((notice) => notice.code === code).length;
}

t.test('a configuration that runs twice is told so, and goes on once the other process is gone', async (t) => {
  const { sim, exits, twin, copy } = makeTwins(t);
  t.ok(
    sim.until(() => told(twin) > 0, 5_000),
    'at once',
  );
  t.match(
    twin.notices.find(({ code }) => code === 'configuration-copied'),
    { level: 'error', message: /was not heard for 5 minutes, or when this one is started again; .*its own number/ },
  );
  t.ok(untilUp(sim, copy, exits));
  const stream = new EchoStream(sim, copy, exits[0]!);
  for (let minute = 0; minute < 60; minute++) {
    stream.send();
    sim.pass(60_000);
    t.ok(stream.isEven && stream.ends.length === 0, 'nothing disturbs the one that began last');
  }
  t.equal(told(twin), 6, 'once in ten minutes, though two servers say so');
  t.same(twin.mesh.own.superseded, { isCertain: true, by: [1, 2] });
  copy.kill('silently');
  sim.pass(240_000);
  t.equal(told(twin, 'begun-anew'), 0, 'the other may come back');
  t.ok(untilUp(sim, twin, exits, 300_000), 'heard again by itself');
  t.equal(twin.mesh.own.superseded, null);
  t.match(twin.saved, { incarnation: JSON.parse(twin.persisted).incarnation }, 'its new number is on the disk');
  const again = new EchoStream(sim, twin, exits[1]!);
  again.send();
  t.ok(sim.until(() => again.isEven, 5_000));
});

t.test(
  'one that slept while another took its place is told when it wakes up, and the two do not take turns',
  async (t) => {
    const { sim, exits, twin, copy } = makeTwins(t);
    t.ok(untilUp(sim, copy, exits));
    sim.until(() => told(twin) > 0, 5_000);
    copy.sleep();
    t.ok(untilUp(sim, twin, exits, 600_000), 'the other one goes on meanwhile');
    sim.pass(60_000);
    copy.wakeUp('stood');
    t.ok(
      sim.until(() => copy.mesh.own.superseded?.isCertain === true, 120_000),
      'it learns what happened',
    );
    const [twinBegan, copyBegan] = [told(twin, 'begun-anew'), told(copy, 'begun-anew')];
    sim.pass(3_600_000);
    t.same([told(twin, 'begun-anew'), told(copy, 'begun-anew')], [twinBegan, copyBegan]);
    t.ok(untilUp(sim, twin, exits));
  },
);

t.test('restarts of the other process make no difference, nor do those of servers', async (t) => {
  const { sim, exits, twin, copy } = makeTwins(t);
  t.ok(untilUp(sim, copy, exits));
  for (let round = 0; round < 5; round++) {
    copy.restart();
    exits[round % 2]!.restart();
    sim.pass(70_000);
    t.equal(told(twin, 'begun-anew'), 0);
  }
  copy.kill('refusing');
  t.ok(untilUp(sim, twin, exits, 600_000));
});

t.test('who has a session with one other only doubts that one', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  const twin = sim.add(50, { servers: [firstServer(exits[0]!)], wantsExits: true });
  t.ok(untilUp(sim, twin, exits));
  sim.pass(2_000);
  const copy = sim.addCopy(twin, 'copy');
  t.ok(sim.until(() => told(twin) > 0, 5_000));
  t.same(twin.mesh.own.superseded, { isCertain: false, by: [1] });
  t.match(twin.notices.at(-1), { message: /^node 1, the only one that answers, says/ });
  copy.kill('silently');
  t.ok(untilUp(sim, twin, exits, 600_000), 'and goes on as others do');
});

t.test('one member alone says in vain that a configuration runs twice', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66);
  for (let round = 0; round < 3; round++) {
    hostile.incarnation++;
    hostile.meet(exits[0]!);
    hostile.say(exits[0]!, [{ type: 'goodbye', reason: 'superseded', backInS: 0 }]);
    sim.pass(1_000);
  }
  t.equal(told(exits[0]!), 0);
  t.equal(exits[0]!.mesh.own.superseded, null);
});

t.test('a HELLO of a former process that was seen gets silence', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const hellos: Uint8Array[] = [];
  sim.onPacket = (bytes, from) => {
    if (from === client.host.name) hellos.push(bytes);
  };
  t.ok(untilUp(sim, client, exits));
  client.restart();
  t.ok(untilUp(sim, client, exits));
  client.kill('refusing');
  sim.pass(600_000);
  const prober = sim.network.addHost('prober').udp();
  let answers = 0;
  prober.onDatagram = () => answers++;
  for (const bytes of hellos) prober.send(sim.network.address(exits[0]!.host.ip, MESH_PORT), bytes);
  sim.pass(1_000);
  t.ok(hellos.length > 0);
  t.equal(answers, 0);
});
