import t from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { Target } from '../../mesh/session/target.ts';
import { Connector } from '../../socks/connector.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import type { ExitEvent } from '../../socks/exits/exit-event.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { autoRoute } from '../../socks/overridden-route.ts';
import type { Route } from '../../socks/route.ts';
import { parseHost, targetText } from '../../socks/host-text.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import type { PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { exitView, testIdentity } from './fixtures/node-view.ts';
import { VirtualScheduler, settled } from './fixtures/schedulers.ts';

interface Opened {
  readonly exit: NodeId;
  readonly target: Target;
  readonly near: PairedStream;
  readonly far: PairedStream;
}

const WALL_MS = Date.UTC(2026, 0, 1);

/** A connector whose mesh and clock are the test itself. */
function setup(
  exits: readonly NodeView[],
  earlyReply = false,
  route: (target: Target) => Route = (target) => autoRoute(target),
) {
  const pins = new Pins();
  const scheduler = new VirtualScheduler();
  const mesh = { exits };
  const opened: Opened[] = [];
  const heard: string[] = [];
  const events: ExitEvent[] = [];
  const connector = new Connector({
    mesh: {
      exits: () => mesh.exits,
      openStream: (exit, target) => {
        const pair = streamPair({ target, exit, client: nodeId(1) });
        opened.push({ exit, target, ...pair });
        return pair.near;
      },
    },
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    route: (target, overrides) => (overrides === undefined ? route(target) : autoRoute(target, overrides)),
    wallMs: () => WALL_MS + scheduler.nowMs(),
    scheduler,
    earlyReply,
    onExitEvent: (event) => events.push(event),
  });
  const ask = (host: string, port = 443): (() => void) =>
    connector.connect({ host: parseHost(host)!, port }, (outcome) =>
      heard.push(outcome.type === 'opened' ? `by ${outcome.exit} in ${outcome.connectMs} ms` : outcome.reason),
    );
  const change = (...views: NodeView[]): void => {
    mesh.exits = views;
    connector.nodesChanged();
  };
  const exitsOf = (): number[] => opened.map(({ exit }) => exit);
  return { scheduler, opened, heard, events, connector, ask, change, pins, exitsOf };
}

const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;

t.test('site, exit, stream, answer', async (t) => {
  const { scheduler, opened, heard, events, connector, ask } = setup([exitView(3, 'up', 20)]);
  ask('www.example.com');
  t.equal(opened.length, 0, 'never inside the call');
  await settled();
  t.same(
    opened.map(({ exit, target }) => `${exit} ${targetText(target)}`),
    ['3 www.example.com:443'],
  );
  t.same(heard, []);
  opened[0]!.far.accept(bound, 12);
  await settled();
  t.same(heard, ['by 3 in 12 ms']);
  t.match(events, [{ type: 'decided', site: 'example.com', exit: 3, why: 'only' }]);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('a race: the winner is used as it is, the others are reset, nothing was sent on any', async (t) => {
  const { opened, heard, ask, exitsOf, events, pins, scheduler } = setup([
    exitView(2, 'up', 30),
    exitView(3, 'up', 20),
  ]);
  ask('example.com');
  await settled();
  t.same(exitsOf(), [3, 2]);
  opened[0]!.far.accept(bound, 200);
  await settled();
  t.same(heard, [], 'the other may be better');
  opened[1]!.far.accept(bound, 10);
  await settled();
  t.same(heard, ['by 2 in 10 ms']);
  t.ok(opened[0]!.far.over);
  t.notOk(opened[1]!.far.over);
  t.equal(opened[1]!.far.read(), null);
  t.match(events.at(-1), { type: 'decided', exit: 2, why: 'race' });
  t.equal(pins.all(WALL_MS + scheduler.nowMs())[0]!.exit, testIdentity(2), 'pinned before the first byte');
  t.equal(scheduler.armed, 0);
  ask('www.example.com');
  await settled();
  t.same(exitsOf(), [3, 2, 2], 'from then on there is no race');
});

t.test('a hundred first connections at once: one race, and all use its winner', async (t) => {
  const views = [2, 3, 4, 5, 6].map((id) => exitView(id, 'up', id * 10));
  const { opened, heard, ask, scheduler } = setup(views);
  for (let index = 0; index < 100; index++) ask(`h${index}.example.com`);
  await settled();
  t.same(
    opened.map(({ exit, target }) => `${exit} ${targetText(target)}`),
    ['2 h0.example.com:443', '2 h0.example.com:0'],
    'the nearest, which is also asked where the site is',
  );
  opened[1]!.far.accept(bound, 1, { address: Uint8Array.of(192, 0, 2, 9), country: 'DE', position: null });
  await settled();
  t.same(
    opened.slice(2).map(({ exit }) => exit),
    [3, 4],
  );
  opened[3]!.far.accept(bound, 5);
  await settled();
  scheduler.advance(150);
  await settled();
  t.equal(opened.length, 4 + 99, 'the others open at the winner');
  t.ok(opened.slice(4).every(({ exit }) => exit === 4));
  for (const { far } of opened.slice(4)) far.accept(bound, 5);
  await settled();
  t.equal(heard.length, 100);
  t.ok(heard.every((text) => text === 'by 4 in 5 ms'));
});

t.test('who hosts a race and gives up leaves it to the next one', async (t) => {
  const { opened, heard, ask, exitsOf } = setup([exitView(2, 'up', 1), exitView(3, 'up', 2)]);
  const giveUp = ask('a.example.com');
  ask('b.example.com');
  await settled();
  t.same(exitsOf(), [2, 3]);
  giveUp();
  await settled();
  t.same(exitsOf(), [2, 3, 2, 3]);
  t.equal(targetText(opened[2]!.target), 'b.example.com:443');
  t.ok(opened[0]!.far.over && opened[1]!.far.over);
  opened[2]!.far.accept(bound, 0);
  await settled();
  t.same(heard, ['by 2 in 0 ms']);
});

t.test(
  'a target that all racers are refused fails with what they say; other targets of the site are tried',
  async (t) => {
    const { opened, heard, ask, exitsOf } = setup([exitView(2), exitView(3)]);
    ask('example.com', 1);
    ask('example.com', 2);
    await settled();
    for (const { far } of opened.slice(0, 2)) far.refuse('connection-refused');
    await settled();
    t.same(heard, ['connection-refused']);
    t.same(exitsOf(), [2, 3, 2, 3]);
    t.equal(opened[2]!.target.port, 2);
  },
);

t.test('what the exit refuses is passed on, and no other exit is asked', async (t) => {
  const { opened, heard, ask, scheduler } = setup([exitView(2)]);
  ask('example.com');
  await settled();
  opened[0]!.far.refuse('connection-refused');
  await settled();
  t.same(heard, ['connection-refused']);
  t.equal(opened.length, 1);
  t.equal(scheduler.armed, 0);
});

t.test(
  'a session that dies before the answer is tried again, at most three times in all; other resets are final',
  async (t) => {
    const { opened, heard, ask } = setup([exitView(2)]);
    ask('example.com');
    for (let count = 1; count <= 3; count++) {
      await settled();
      t.equal(opened.length, count);
      opened.at(-1)!.far.reset(count === 1 ? 'session-gone' : 'shutting-down');
    }
    await settled();
    t.same(heard.splice(0), ['no-exit']);
    ask('example.com');
    await settled();
    opened.at(-1)!.far.reset('protocol-error');
    await settled();
    t.same(heard, ['failed']);
  },
);

t.test('an exit that goes down is waited for, and then its sites move, once, and stay', async (t) => {
  const { opened, heard, ask, change, events, scheduler, exitsOf } = setup([exitView(2)]);
  ask('example.com');
  await settled();
  change(exitView(2, 'down'), exitView(3), exitView(4));
  await settled();
  t.ok(opened[0]!.far.over, 'the first try is given up');
  scheduler.advance(5_000);
  t.same(heard.splice(0), ['no-exit'], 'a restart keeps the address');
  scheduler.advance(24_000);
  ask('example.com');
  await settled();
  t.same(exitsOf(), [2]);
  scheduler.advance(1_000);
  await settled();
  t.same(exitsOf(), [2, 3, 4]);
  opened[1]!.far.accept(bound, 1);
  opened[2]!.far.accept(bound, 5);
  await settled();
  t.same(heard.splice(0), ['by 3 in 1 ms']);
  t.same(
    events.filter((event) => event.type === 'moved'),
    [{ type: 'moved', site: 'example.com', from: 2, to: 3, reason: 'exit-gone' }],
  );
  change(exitView(2, 'up', 1), exitView(3), exitView(4));
  ask('example.com');
  await settled();
  t.equal(exitsOf().at(-1), 3, 'who returns takes nothing back');
});

t.test('rules that depend on the address are asked before the program may send', async (t) => {
  const seen: (string | null)[] = [];
  const site = 'example.com';
  const to3: Route = {
    type: 'exit',
    settle: null,
    request: { site, policy: { type: 'exit', exit: nodeId(3) }, whenDown: 'fail' },
  };
  const answers: Route[] = [{ type: 'refused', reason: 'not-allowed' }, to3];
  const { opened, heard, ask, exitsOf } = setup([exitView(2, 'up', 1), exitView(3, 'up', 50)], false, () => ({
    type: 'exit',
    request: { site, policy: { type: 'any' }, whenDown: 'repin' },
    settle: (destination) => {
      seen.push(destination?.country ?? null);
      return answers.shift()!;
    },
  }));
  ask(site);
  await settled();
  opened[0]!.far.accept(bound, 1, { address: Uint8Array.of(10, 0, 0, 1), country: 'DE', position: null });
  await settled();
  t.same(heard.splice(0), ['not-allowed']);
  t.ok(opened[0]!.far.over);
  ask(site);
  await settled();
  t.equal(exitsOf().at(-1), 2, 'pinned there');
  opened.at(-1)!.far.accept(bound, 1);
  await settled();
  t.equal(exitsOf().at(-1), 3);
  opened.at(-1)!.far.accept(bound, 1);
  await settled();
  t.same(heard, ['by 3 in 1 ms']);
  t.same(seen, ['DE', null]);
});

t.test('a refusing rule opens nothing', async (t) => {
  const { opened, heard, ask } = setup([exitView(2)], false, () => ({ type: 'refused', reason: 'not-allowed' }));
  ask('example.com');
  await settled();
  t.same(heard, ['not-allowed']);
  t.equal(opened.length, 0);
});

t.test('an opened stream is left alone when its exit goes down', async (t) => {
  const { opened, ask, change } = setup([exitView(2)]);
  ask('example.com');
  await settled();
  opened[0]!.far.accept(bound, 1);
  await settled();
  change(exitView(2, 'down'));
  await settled();
  t.notOk(opened[0]!.near.over);
  t.equal(opened.length, 1);
});

t.test('while exits connect all wait, and share the decision', async (t) => {
  const { opened, heard, ask, change, scheduler } = setup([exitView(2, 'connecting'), exitView(3, 'connecting')]);
  ask('a.example.com');
  ask('b.example.com');
  await settled();
  ask('c.example.com');
  await settled();
  t.equal(opened.length, 0);
  scheduler.advance(4_000);
  change(exitView(2, 'connecting'), exitView(3, 'up'));
  scheduler.advance(400);
  t.same(
    opened.map(({ exit }) => exit),
    [3, 3, 3],
  );
  scheduler.advance(4_000);
  t.same(heard, [], 'nobody is told that there is no exit');
});

t.test('without an exit they fail: after 5 s where one may come, at once where all are down', async (t) => {
  const { opened, heard, ask, change, scheduler } = setup([]);
  ask('example.com');
  await settled();
  scheduler.advance(4_999);
  t.same(heard, []);
  scheduler.advance(1);
  t.same(heard.splice(0), ['no-exit']);
  change(exitView(2, 'down'));
  ask('example.com');
  await settled();
  t.same(heard, ['no-exit']);
  t.equal(opened.length, 0);
  t.equal(scheduler.armed, 0);
});

t.test('an exit that never answers: timed out after 15 s', async (t) => {
  const { opened, heard, ask, scheduler } = setup([exitView(2)]);
  ask('example.com');
  await settled();
  scheduler.advance(15_000);
  t.same(heard, ['timed-out']);
  t.ok(opened[0]!.far.over);
});

t.test('who gives up is not told, and the exit is', async (t) => {
  const { opened, heard, ask, scheduler, connector } = setup([exitView(2)]);
  const giveUp = ask('example.com');
  const giveUpAtOnce = ask('example.com');
  giveUpAtOnce();
  await settled();
  t.equal(opened.length, 1);
  const { near, far } = opened[0]!;
  giveUp();
  giveUp();
  t.ok(far.over);
  near.onEvent({ type: 'opened', bound, connectMs: 1, destination: null });
  await settled();
  t.same(heard, []);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('closing fails everybody', async (t) => {
  const { heard, ask, scheduler, connector } = setup([exitView(2, 'connecting')]);
  ask('example.com');
  await settled();
  connector.close();
  connector.close();
  t.same(heard, ['failed']);
  t.equal(scheduler.armed, 0);
});

t.test('an early reply: only where this exit reached the same target in this session', async (t) => {
  const up = [exitView(2, 'up', 1)];
  const { opened, heard, ask, change, connector } = setup(up, true);
  /** Asks, and says whether the answer came before the exit's. */
  const isEarly = async (host: string, port?: number): Promise<boolean> => {
    const before = heard.length;
    ask(host, port);
    await settled();
    return heard.length > before;
  };
  const accept = async (): Promise<void> => {
    opened.at(-1)!.far.accept(bound, 5);
    await settled();
  };
  t.notOk(await isEarly('example.com'));
  await accept();
  t.ok(await isEarly('example.com'));
  t.equal(connector.connecting, 0, 'nothing left to try another exit with');
  t.notOk(await isEarly('example.com', 80), 'another port');
  await accept();
  t.notOk(await isEarly('www.example.com'), 'another host of the site');
  await accept();

  t.ok(await isEarly('example.com'));
  const tries = opened.length;
  opened.at(-1)!.far.refuse('connection-refused');
  await settled();
  t.equal(opened.length, tries, 'no other exit');
  t.notOk(await isEarly('example.com'), 'no longer trusted');
  await accept();

  t.ok(await isEarly('example.com'));
  change(exitView(2, 'connecting', 1));
  change(...up);
  t.notOk(await isEarly('example.com'), 'another session');
  t.equal(opened.at(-1)!.exit, 2);
});

t.test('no early reply unless asked for', async (t) => {
  const { opened, heard, ask } = setup([exitView(2)]);
  ask('example.com');
  await settled();
  opened[0]!.far.accept(bound, 1);
  await settled();
  ask('example.com');
  await settled();
  t.equal(heard.length, 1);
});
