import t from 'tap';
import type { NodeView } from '../../../mesh/mesh-view.ts';
import { Locator, type Location } from '../../../socks/direct/locator.ts';
import { addressText, targetText } from '../../../socks/host-text.ts';
import { streamPair, type PairedStream } from '../../fixtures/stream-pair.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { testIdentity } from '../fixtures/node-view.ts';
import { place } from '../fixtures/routes.ts';
import { settled, VirtualScheduler } from '../fixtures/schedulers.ts';

const bound = { host: { type: 'ip', bytes: new Uint8Array(4) }, port: 0 } as const;

type Exit = readonly [id: number, rttMs: number | null, state?: NodeView['state']];

function setup(...exits: readonly Exit[]) {
  const scheduler = new VirtualScheduler();
  const mesh = { exits, mayServe: true };
  const asked: { readonly text: string; readonly far: PairedStream }[] = [];
  const heard: string[] = [];
  const locator = new Locator({
    scheduler,
    exits: () =>
      mesh.exits.map(([id, rttMs, state = 'up']) => ({
        ...{ id: nodeId(id), identity: testIdentity(id), rttMs, state },
        country: '',
      })),
    mayServe: () => mesh.mayServe,
    openStream: (exit, target) => {
      const pair = streamPair({ target, exit, client: nodeId(1) });
      asked.push({ text: `${exit} ${targetText(target)}`, far: pair.far });
      return pair.near;
    },
  });
  const said = (location: Location): string =>
    location.type === 'located' ? addressText(location.destination.address) : location.reason;
  const locate = (name: string): (() => void) => locator.locate(name, (location) => heard.push(said(location)));
  const change = (...now: readonly Exit[]): void => {
    mesh.exits = now;
    locator.nodesChanged();
  };
  const texts = () => asked.map(({ text }) => text);
  const last = () => asked.at(-1)!.far;
  return { scheduler, mesh, asked, texts, last, heard, locate, change, locator };
}

t.test('the nearest exit is asked, those that are not up or suspected are not', async (t) => {
  const { scheduler, texts, last, heard, locate } = setup(
    [2, 50],
    [3, 20],
    [4, null],
    [5, 1, 'down'],
    [6, 1, 'connecting'],
    [7, 1, 'suspect'],
  );
  locate('a.test');
  t.same(texts(), [], 'never inside the call');
  await settled();
  t.same(texts(), ['3 a.test:0']);
  last().accept(bound, 5, place(9));
  await settled();
  t.same(heard, ['192.0.2.9']);
  t.equal(scheduler.armed, 0);
});

t.test('an exit in trouble: the next one, the suspected ones at last, three in all', async (t) => {
  const { scheduler, texts, last, heard, locate } = setup([2, 50], [3, 20], [7, 1, 'suspect'], [8, 1, 'suspect']);
  locate('a.test');
  await settled();
  last().refuse('overloaded');
  await settled();
  last().accept(bound, 5);
  await settled();
  t.same(texts(), ['3 a.test:0', '2 a.test:0', '7 a.test:0'], 'one keeps to itself where it is');
  t.same(heard, []);
  last().refuse('timed-out');
  await settled();
  t.same(heard, ['timed-out']);
  t.equal(texts().length, 3);
  t.equal(scheduler.armed, 0);
});

t.test('an exit that dies or is silent: the next one', async (t) => {
  const { scheduler, texts, asked, last, heard, locate } = setup([2, 1], [3, 2], [4, 3]);
  locate('a.test');
  await settled();
  last().reset('session-gone');
  await settled();
  t.equal(texts().length, 2);
  scheduler.advance(2_999);
  t.equal(texts().length, 2);
  scheduler.advance(1);
  t.same(texts(), ['2 a.test:0', '3 a.test:0', '4 a.test:0']);
  t.ok(asked[1]!.far.over, 'no longer wanted');
  last().accept(bound, 5, place(9));
  await settled();
  t.same(heard, ['192.0.2.9']);
  t.equal(scheduler.armed, 0);
});

t.test('what is an answer is not asked again: no such host, and none that may be told', async (t) => {
  for (const reason of ['no-such-host', 'not-allowed'] as const) {
    const { texts, last, heard, locate } = setup([2, 1], [3, 2]);
    locate('a.test');
    await settled();
    last().refuse(reason);
    await settled();
    t.same(heard, [reason]);
    t.equal(texts().length, 1);
  }
});

t.test('all that were asked are gone: no exit', async (t) => {
  const { last, heard, locate } = setup([2, 1]);
  locate('a.test');
  await settled();
  last().reset('session-gone');
  await settled();
  t.same(heard, ['no-exit']);
});

t.test('without an exit: at once where none may come, else after 5 s, or when one is up', async (t) => {
  const { scheduler, mesh, texts, last, heard, locate, change } = setup([2, 1, 'down']);
  mesh.mayServe = false;
  locate('a.test');
  await settled();
  t.same(heard.splice(0), ['no-exit']);
  t.equal(scheduler.armed, 0);
  mesh.mayServe = true;
  locate('a.test');
  await settled();
  scheduler.advance(4_999);
  t.same(heard, []);
  scheduler.advance(1);
  t.same(heard.splice(0), ['no-exit']);
  locate('a.test');
  locate('b.test');
  await settled();
  scheduler.advance(4_000);
  change([2, 1, 'connecting']);
  t.same(texts(), []);
  change([2, 1]);
  t.same(texts(), ['2 a.test:0', '2 b.test:0']);
  scheduler.advance(2_000);
  t.same(heard, [], 'now it is the exit that has its time');
  change([2, 1]);
  t.equal(texts().length, 2);
  last().accept(bound, 1, place(8));
  await settled();
  t.same(heard.splice(0), ['192.0.2.8']);
  mesh.mayServe = false;
  change([2, 1, 'down']);
  t.same(heard, []);
  scheduler.advance(3_000);
  t.same(heard, ['timed-out']);
});

t.test('those who wait are told when hope is gone', async (t) => {
  const { mesh, heard, locate, change } = setup([2, 1, 'connecting']);
  locate('a.test');
  await settled();
  mesh.mayServe = false;
  change([2, 1, 'down']);
  t.same(heard, ['no-exit']);
});

t.test('one question for all who ask, and one answer for 30 s, while an exit is up', async (t) => {
  const { scheduler, texts, last, heard, locate, change, mesh } = setup([2, 1]);
  for (let count = 0; count < 100; count++) locate('a.test');
  await settled();
  t.equal(texts().length, 1);
  last().accept(bound, 5, place(9));
  await settled();
  t.equal(heard.splice(0).length, 100);
  scheduler.advance(29_999);
  locate('a.test');
  await settled();
  t.same(heard.splice(0), ['192.0.2.9']);
  t.equal(texts().length, 1);
  mesh.mayServe = false;
  change([2, 1, 'down']);
  locate('a.test');
  await settled();
  t.same(heard.splice(0), ['no-exit'], 'fail closed');
  change([2, 1]);
  scheduler.advance(1);
  locate('a.test');
  await settled();
  t.equal(texts().length, 2, 'asked anew');
});

t.test('who gives up is not told, and the last one takes the question away', async (t) => {
  const { scheduler, asked, heard, locate } = setup([2, 1]);
  const atOnce = locate('a.test');
  atOnce();
  const [first, second] = [locate('a.test'), locate('a.test')];
  await settled();
  t.equal(asked.length, 1);
  first();
  first();
  t.notOk(asked[0]!.far.over);
  second();
  t.ok(asked[0]!.far.over);
  t.equal(scheduler.armed, 0);
  locate('a.test');
  await settled();
  t.equal(asked.length, 2);
  second();
  t.notOk(asked[1]!.far.over, "that one is another's");
  t.same(heard, []);
});
