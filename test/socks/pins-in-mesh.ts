// Whole nodes in virtual time: which exit a site goes by while exits restart, drain, and change their addresses.
import t from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { autoRoute } from '../../socks/auto-route.ts';
import { Connector } from '../../socks/connector.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import type { ExitEvent } from '../../socks/exits/exit-event.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { parseHost } from '../../socks/host-text.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { settled } from './fixtures/schedulers.ts';

const sodium = await loadSodium();

/** What a program got: the exit, or why not, and how its connection ended. */
interface Asked {
  outcome: string;
  end: string;
}

/** Makes an exit connect to whatever it is asked for, from its own address or the private one that it has behind a NAT. */
function connects(node: SimNode, boundIp: () => Uint8Array): void {
  node.onStream = (stream) => {
    stream.onEvent = () => {};
    stream.accept({ host: { type: 'ip', bytes: boundIp() }, port: 5_000 }, 5);
  };
}

/** A mesh of two exits behind NATs, the first one nearer, and a client with a connector. */
async function meshWithProxy(t: FailingTest & { ok(value: boolean): boolean }, transport: 'udp' | 'tcp' = 'udp') {
  const mesh: SmallMesh = makeSmallMesh(t, sodium, { exits: 2, exit: { listens: [transport] }, link: { delayMs: 20 } });
  const { sim, exits, client } = mesh;
  for (const exit of exits) connects(exit, () => Uint8Array.of(10, 0, 0, exit.id));
  const pins = new Pins();
  const events: ExitEvent[] = [];
  const connector = new Connector({
    mesh: {
      exits: () => client.mesh.nodes(client.nowMs),
      openStream: (exit: NodeId, target) => client.do((node, nowMs) => node.openStream(exit, target, nowMs)),
    },
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    route: (target) => autoRoute(target),
    openDirectly: () => {
      throw new Error('nothing here goes out directly');
    },
    wallMs: () => client.wallMs,
    scheduler: {
      nowMs: () => client.nowMs,
      after: (delayMs, fire) => {
        const timer = sim.network.queue.at(sim.network.nowMs + delayMs, fire);
        return () => timer.cancel();
      },
    },
    onExitEvent: (event) => events.push(event),
  });
  client.onNodesChanged = () => connector.nodesChanged();
  t.ok(untilUp(sim, client, exits));
  sim.pass(2_000);
  const ask = async (host: string, limitMs = 10_000): Promise<Asked> => {
    const asked: Asked = { outcome: '', end: '' };
    connector.connect({ host: parseHost(host)!, port: 443 }, (outcome) => {
      asked.outcome = outcome.type === 'opened' ? `by ${outcome.exit}` : outcome.reason;
      if (outcome.type !== 'opened') return;
      outcome.stream.onEvent = (event) => {
        if (event.type === 'reset') asked.end = event.reason;
      };
    });
    await settled();
    sim.until(() => asked.outcome !== '', limitMs);
    return asked;
  };
  const told = (type: ExitEvent['type']): readonly ExitEvent[] => events.filter((event) => event.type === type);
  return { ...mesh, pins, ask, told };
}

/** What SIGTERM does, and the end of the process. */
function stop(exit: SimNode, backInS: number | null = null): void {
  exit.do((mesh, nowMs) => mesh.close(nowMs, backInS));
  exit.kill('refusing');
}

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`${transport}: an exit that stops and starts again within 30 s keeps its sites`, async (t) => {
    const { sim, exits, client, ask, told } = await meshWithProxy(t, transport);
    const open = await ask('a.test');
    const exit = exits.find(({ id }) => open.outcome === `by ${id}`)!;
    for (const awayMs of [500, 10_000, 24_000]) {
      const before = await ask('a.test');
      t.equal(before.outcome, open.outcome);
      stop(exit);
      sim.pass(200);
      t.equal(before.end, 'shutting-down', 'the open one is reset at once');
      const meanwhile = await ask('a.test');
      if (awayMs > 10_000) t.equal(meanwhile.outcome, 'no-exit', 'refused after 5 s');
      sim.pass(Math.max(0, awayMs - 5_200));
      exit.restart();
      connects(exit, () => Uint8Array.of(10, 0, 0, exit.id));
      t.ok(
        sim.until(() => client.stateOf(exit) === 'up', 30_000 - awayMs),
        `away for ${awayMs} ms`,
      );
      t.equal((await ask('a.test')).outcome, open.outcome);
      sim.pass(2_000);
    }
    t.same(told('moved'), []);
  });
}

t.test(
  'one that said when it is back keeps them for that long, and one that is not back then loses them',
  async (t) => {
    const { sim, exits, client, ask, told } = await meshWithProxy(t);
    const { outcome } = await ask('a.test');
    const exit = exits.find(({ id }) => outcome === `by ${id}`)!;
    stop(exit, 240);
    sim.pass(200_000);
    t.equal((await ask('a.test')).outcome, 'no-exit');
    t.not((await ask('b.test')).outcome, outcome, 'others go elsewhere');
    exit.restart();
    connects(exit, () => Uint8Array.of(10, 0, 0, exit.id));
    const waiting = await ask('a.test');
    t.equal(waiting.outcome, outcome, 'and what waits goes on as soon as it is back');
    t.same(told('moved'), []);
    t.ok(sim.until(() => client.stateOf(exit) === 'up'));
    stop(exit, 60);
    sim.pass(61_000);
    t.not((await ask('a.test')).outcome, outcome);
    t.equal(told('moved').length, 1);
  },
);

t.test('an exit that drains keeps its sites until it goes; new ones go elsewhere', async (t) => {
  const { sim, exits, ask, told } = await meshWithProxy(t);
  const { outcome } = await ask('a.test');
  const exit = exits.find(({ id }) => outcome === `by ${id}`)!;
  const other = exits.find(({ id }) => id !== exit.id)!;
  exit.do((mesh, nowMs) => mesh.setDraining({ leavesAtS: null }, nowMs));
  sim.pass(1_000);
  for (const host of ['b.test', 'c.test', 'd.test']) t.equal((await ask(host)).outcome, `by ${other.id}`);
  t.equal((await ask('www.a.test')).outcome, outcome);
  other.do((mesh, nowMs) => mesh.setDraining({ leavesAtS: null }, nowMs));
  sim.pass(1_000);
  t.equal((await ask('e.test', 100)).outcome, 'no-exit', 'at once');
  other.do((mesh, nowMs) => mesh.setDraining(null, nowMs));
  sim.pass(1_000);
  t.equal((await ask('e.test')).outcome, `by ${other.id}`);
  stop(exit);
  sim.pass(31_000);
  t.equal((await ask('a.test')).outcome, `by ${other.id}`);
  t.equal(told('moved').length, 1);
});

t.test('an exit behind a NAT whose public address changes is told of, once a site, and the sites stay', async (t) => {
  const mesh = await meshWithProxy(t);
  const { sim, exits, client, ask, told, pins } = mesh;
  // The second exit dials the first, which sees where it comes from.
  const [server, exit] = [exits[0]!, exits[1]!];
  server.do((node, nowMs) => node.setDraining({ leavesAtS: null }, nowMs));
  const view = () => client.mesh.nodes().find(({ id }) => id === exit.id)!;
  /** A restart after which it comes from, and listens at, another address. */
  const moveTo = (ip: string): void => {
    stop(exit, 300);
    exit.host.changeAddress(ip);
    exit.restart();
    connects(exit, () => Uint8Array.of(10, 0, 0, exit.id));
    t.ok(sim.until(() => view().publicAddresses[0] === ip && view().state === 'up', 300_000));
  };
  moveTo('8.0.0.2');
  t.equal((await ask('a.test')).outcome, `by ${exit.id}`);
  t.equal((await ask('b.test')).outcome, `by ${exit.id}`);
  t.same(told('address-changed'), []);
  moveTo('8.0.0.3');
  for (const host of ['a.test', 'www.a.test', 'b.test']) t.equal((await ask(host)).outcome, `by ${exit.id}`);
  t.same(told('address-changed'), [
    { type: 'address-changed', site: 'a.test', exit: exit.id, from: '8.0.0.2', to: '8.0.0.3' },
    { type: 'address-changed', site: 'b.test', exit: exit.id, from: '8.0.0.2', to: '8.0.0.3' },
  ]);
  t.same(told('moved'), []);
  t.same(
    pins.all(client.wallMs).map(({ addresses }) => addresses),
    [
      ['8.0.0.3', '8.0.0.2'],
      ['8.0.0.3', '8.0.0.2'],
    ],
  );
});
