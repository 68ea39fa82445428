import t from 'tap';
import { Detours } from '../../../mesh/peering/detours.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { type Relays, RoutedLink } from '../../../mesh/peering/routed-link.ts';
import type { Route } from '../../../mesh/routing/route-source.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const PEER = nodeId(1);
const [A, B, C] = [nodeId(11), nodeId(12), nodeId(13)];
const DIRECT: Route = { relays: [], costMs: 1 };

/** Detours over routes that a test sets; each way that is opened gets a path at once. */
function make(...routes: Route[]) {
  const opened: string[] = [];
  const hungUp: string[] = [];
  const away = new Set<number>();
  const table = { routes };
  const detours = new Detours(PEER, {
    routes: () => table.routes,
    open: (relays: Relays) => {
      if (away.has(relays[0])) return null;
      opened.push(relays.join(' '));
      const link = new PeerLink(new RoutedLink(PEER, relays, { directLink: null }, () => {}), null, true);
      link.pathId = opened.length;
      return link;
    },
    hangUp: (peerLink) => {
      peerLink.pathId = null;
      hungUp.push(peerLink.relay2 === 0 ? `${peerLink.relay1}` : `${peerLink.relay1} ${peerLink.relay2}`);
    },
  });
  return { detours, opened, hungUp, away, table };
}

function by(...relays: Route['relays'][number][]): Route {
  return { relays, costMs: 10 };
}

t.test('a direct route is no way over relays', async (t) => {
  const { detours, opened } = make(DIRECT);
  t.notOk(detours.isKnown(0));
  t.same(detours.open(false, 0), []);
  t.same(opened, []);
  t.ok(make(DIRECT, by(A)).detours.isKnown(0));
});

t.test('the best two are opened, once', async (t) => {
  const { detours, opened } = make(DIRECT, by(A), by(B, C), by(C));
  t.equal(detours.open(false, 0).length, 2);
  t.equal(detours.open(false, 100).length, 0);
  t.same(opened, ['11', '12 13']);
});

t.test('in need all of them are, beside those that are open', async (t) => {
  const { detours, opened } = make(DIRECT, by(A), by(B, C), by(C));
  detours.open(false, 0);
  t.equal(detours.open(true, 100).length, 1);
  t.same(opened, ['11', '12 13', '13']);
  t.equal(detours.open(true, 200).length, 0);
});

t.test('one whose first relay is away is tried again later', async (t) => {
  const { detours, opened, away } = make(by(A), by(B));
  away.add(A);
  t.equal(detours.open(false, 0).length, 1);
  away.clear();
  t.equal(detours.open(false, 0).length, 1);
  t.same(opened, ['12', '11']);
});

t.test('while data flows they are looked at every five seconds', async (t) => {
  const { detours } = make(by(A), by(B));
  t.ok(detours.isDue(0));
  detours.review(() => true, null, 0);
  t.notOk(detours.isDue(4_999));
  t.ok(detours.isDue(5_000));
  detours.rest();
  t.ok(detours.isDue(1), 'at once where data flows again');
});

t.test('while there are fewer than could be kept ready they are looked at every half second', async (t) => {
  const { detours } = make(by(A));
  detours.review(() => true, null, 0);
  t.notOk(detours.isDue(499));
  t.ok(detours.isDue(500));
});

t.test('one that does not answer is given up for half a minute, and the next best opened', async (t) => {
  const { detours, opened, hungUp } = make(by(A), by(B), by(C));
  detours.review(() => false, null, 0);
  t.same(opened, ['11', '12'], 'nobody had time to answer yet');
  t.same(hungUp, []);
  detours.review(({ relay1 }) => relay1 !== A, null, 9_999);
  t.same(hungUp, []);
  detours.review(({ relay1 }) => relay1 !== A, null, 10_000);
  t.same(hungUp, ['11']);
  t.same(opened.slice(2), ['13']);
  detours.review(() => true, null, 15_000);
  t.equal(opened.length, 3);
  detours.review(() => true, null, 40_000);
  t.same(opened.slice(3), ['11']);
});

t.test('one that was opened between two looks has its time, too, and so have all once data flows again', async (t) => {
  const { detours, opened, hungUp, table } = make();
  detours.review(() => false, null, 0);
  table.routes = [by(A)];
  t.equal(detours.open(true, 400).length, 1);
  for (let nowMs = 500; nowMs < 10_400; nowMs += 500) detours.review(() => false, null, nowMs);
  t.same(hungUp, []);
  detours.rest();
  for (let nowMs = 20_000; nowMs < 30_000; nowMs += 500) detours.review(() => false, null, nowMs);
  t.same(hungUp, []);
  detours.review(() => false, null, 30_000);
  t.same(hungUp, ['11']);
  t.same(opened, ['11']);
});

t.test('the one in use is kept even where it does not answer, or is not among the best any more', async (t) => {
  const { detours, opened, hungUp, table } = make(by(A), by(B));
  const [a] = detours.review(() => true, null, 0);
  detours.review(() => false, a!, 10_000);
  t.same(hungUp, ['12']);
  table.routes = [by(B), by(C)];
  detours.review(() => true, a!, 45_000);
  t.same(opened.slice(2), ['12', '13']);
  t.same(hungUp, ['12']);
  detours.review(() => true, null, 50_000);
  t.same(hungUp, ['12', '11'], 'but not once it is out of use');
});
