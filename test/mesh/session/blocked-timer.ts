import t from 'tap';
import { BlockedTimer } from '../../../mesh/session/blocked-timer.ts';

t.test('is due each probe timeout while credit is missing, ever more rarely', async (t) => {
  const timer = new BlockedTimer();
  t.equal(timer.dueAtMs, Infinity);
  timer.update(false, 100, 0);
  t.equal(timer.dueAtMs, Infinity);
  const said: number[] = [];
  timer.update(true, 100, 1_000);
  while (timer.dueAtMs < 200_000) {
    const nowMs = timer.dueAtMs;
    timer.said(nowMs);
    said.push(nowMs);
    timer.update(true, 100, nowMs);
  }
  t.same(said.slice(0, 5), [1_100, 1_300, 1_700, 2_200, 2_700]);
  const gaps = said.slice(1).map((atMs, index) => atMs - said[index]!);
  t.equal(gaps.at(-1), 60_000);
  t.ok(said.length < 50, `${said.length} in 200 s`);
});

t.test('begins anew once there was credit', async (t) => {
  const timer = new BlockedTimer();
  timer.update(true, 100, 0);
  timer.said(100);
  timer.update(true, 100, 150);
  t.equal(timer.dueAtMs, 300);
  timer.update(false, 100, 160);
  t.equal(timer.dueAtMs, Infinity);
  timer.update(true, 100, 170);
  t.equal(timer.dueAtMs, 270);
});
