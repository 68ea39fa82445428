import t from 'tap';
import { targetText } from '../../socks/host-text.ts';
import { bound, connectorSetup } from './fixtures/connector-setup.ts';
import { exitView } from './fixtures/node-view.ts';
import { settled } from './fixtures/schedulers.ts';

t.test('site, exit, stream, answer', async (t) => {
  const { scheduler, opened, heard, events, connector, ask } = connectorSetup([exitView(3, 'up', 20)]);
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

t.test('what the exit refuses is passed on, and no other exit is asked', async (t) => {
  const { opened, heard, ask, scheduler } = connectorSetup([exitView(2)]);
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
    const { opened, heard, ask } = connectorSetup([exitView(2)]);
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
  const { opened, heard, ask, change, events, scheduler, exitsOf } = connectorSetup([exitView(2)]);
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

t.test('port 0 is nothing to connect to', async (t) => {
  const { opened, heard, ask, scheduler } = connectorSetup([exitView(2)]);
  ask('example.com', 0);
  await settled();
  t.same(heard, ['not-allowed']);
  t.equal(opened.length, 0);
  t.equal(scheduler.armed, 0);
});

t.test('a refusing rule opens nothing', async (t) => {
  const { opened, heard, ask } = connectorSetup([exitView(2)], false, () => ({
    type: 'refused',
    reason: 'not-allowed',
    rule: null,
  }));
  ask('example.com');
  await settled();
  t.same(heard, ['not-allowed']);
  t.equal(opened.length, 0);
});

t.test('an opened stream is left alone when its exit goes down', async (t) => {
  const { opened, ask, change } = connectorSetup([exitView(2)]);
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
  const { opened, heard, ask, change, scheduler } = connectorSetup([
    exitView(2, 'connecting'),
    exitView(3, 'connecting'),
  ]);
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
  const { opened, heard, ask, change, scheduler } = connectorSetup([]);
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
  const { opened, heard, ask, scheduler } = connectorSetup([exitView(2)]);
  ask('example.com');
  await settled();
  scheduler.advance(15_000);
  t.same(heard, ['timed-out']);
  t.ok(opened[0]!.far.over);
});

t.test('who gives up is not told, and the exit is', async (t) => {
  const { opened, heard, ask, scheduler, connector } = connectorSetup([exitView(2)]);
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
  const { heard, ask, scheduler, connector } = connectorSetup([exitView(2, 'connecting')]);
  ask('example.com');
  await settled();
  connector.close();
  connector.close();
  t.same(heard, ['failed']);
  t.equal(scheduler.armed, 0);
});

t.test('an early reply: only where this exit reached the same target in this session', async (t) => {
  const up = [exitView(2, 'up', 1)];
  const { opened, heard, ask, change, connector } = connectorSetup(up, true);
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
  const { opened, heard, ask } = connectorSetup([exitView(2)]);
  ask('example.com');
  await settled();
  opened[0]!.far.accept(bound, 1);
  await settled();
  ask('example.com');
  await settled();
  t.equal(heard.length, 1);
});
