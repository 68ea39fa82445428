import t from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { Target } from '../../mesh/session/target.ts';
import { Connector } from '../../socks/connector.ts';
import type { ExitEvent } from '../../socks/exits/exit-chooser.ts';
import { parseHost, targetText } from '../../socks/host-text.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import type { PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { exitView } from './fixtures/node-view.ts';
import { VirtualScheduler, settled } from './fixtures/schedulers.ts';

interface Opened {
  readonly exit: NodeId;
  readonly target: Target;
  readonly near: PairedStream;
  readonly far: PairedStream;
}

/** A connector whose mesh and clock are the test itself. */
function setup(exits: readonly NodeView[], earlyReply = false) {
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
  return { scheduler, opened, heard, events, connector, ask, change };
}

const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;

t.test('site, exit, stream, answer', async (t) => {
  const { scheduler, opened, heard, events, connector, ask } = setup([exitView(2, 'up', 30), exitView(3, 'up', 20)]);
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
  t.same(events, [{ type: 'decided', site: 'example.com', exit: 3 }]);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('only exits are exits, and their newest round-trip times count', async (t) => {
  const relay = { ...exitView(2, 'up', 1), roles: { exit: false, relay: true } };
  const views = [relay, exitView(3, 'up', 20), exitView(4, 'up', 30)];
  const { opened, ask } = setup(views);
  views[2] = exitView(4, 'up', 10);
  ask('example.com');
  await settled();
  t.equal(opened[0]!.exit, 4);
});

t.test('what the exit refuses is passed on, and no other exit is asked', async (t) => {
  const { opened, heard, ask, scheduler } = setup([exitView(2), exitView(3)]);
  ask('example.com');
  await settled();
  opened[0]!.far.refuse('connection-refused');
  await settled();
  t.same(heard, ['connection-refused']);
  t.equal(opened.length, 1);
  t.equal(scheduler.armed, 0);
});

t.test('a session that dies before the answer is replaced, at most three times in all', async (t) => {
  const { opened, heard, events, ask } = setup([exitView(2, 'up', 1), exitView(3, 'up', 2), exitView(4, 'up', 3)]);
  ask('example.com');
  for (const expected of [2, 3, 4]) {
    await settled();
    t.equal(opened.at(-1)!.exit, expected);
    opened.at(-1)!.far.reset('session-gone');
  }
  await settled();
  t.equal(opened.length, 3);
  t.same(heard, ['no-exit']);
  t.same(
    events.filter((event) => event.type === 'moved').map((event) => `${event.from} ${event.to} ${event.reason}`),
    ['2 3 session-gone', '3 4 session-gone'],
  );
});

t.test('an exit that shuts down is replaced, other resets are final', async (t) => {
  const { opened, heard, ask } = setup([exitView(2, 'up', 1), exitView(3, 'up', 2)]);
  ask('example.com');
  await settled();
  opened[0]!.far.reset('shutting-down');
  await settled();
  t.equal(opened[1]!.exit, 3);
  opened[1]!.far.reset('protocol-error');
  await settled();
  t.same(heard, ['failed']);
});

t.test('an exit that goes down or away before the answer is replaced', async (t) => {
  const { opened, heard, ask, change } = setup([exitView(2, 'up', 1), exitView(3, 'up', 2), exitView(4, 'up', 3)]);
  ask('example.com');
  await settled();
  change(exitView(2, 'down', 1), exitView(3, 'up', 2), exitView(4, 'up', 3));
  await settled();
  t.ok(opened[0]!.far.over, 'the first try is given up');
  t.equal(opened[1]!.exit, 3);
  change(exitView(4, 'up', 3));
  await settled();
  t.equal(opened[2]!.exit, 4);
  opened[2]!.far.accept(bound, 1);
  await settled();
  t.same(heard, ['by 4 in 1 ms']);
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
  const up = [exitView(2, 'up', 1), exitView(3, 'up', 2)];
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
  change(exitView(2, 'connecting', 1), exitView(3, 'up', 2));
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
