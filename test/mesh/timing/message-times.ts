import t from 'tap';
import { MessageTimes } from '../../../mesh/timing/message-times.ts';
import { Header } from '../../../mesh/wire/header.ts';

function headerAt(timeSeconds: number, tick: number): Header {
  return Object.assign(new Header(), { timeSeconds, tick, relay1Tick: 7, relay2Tick: 9 });
}

t.test('a few messages a second, the last 32, for a minute', async (t) => {
  const times = new MessageTimes();
  t.same(times.fresh(2, 0), []);
  let noted = 0;
  for (let nowMs = 0; nowMs < 20_000; nowMs += 10) {
    if (!times.isDue(nowMs)) continue;
    times.note(headerAt(1_000 + Math.floor(nowMs / 1_000), 3), nowMs);
    noted++;
  }
  t.equal(noted, 80);
  const fresh = times.fresh(2, 20_000);
  t.equal(fresh.length, 32);
  t.equal(Math.min(...fresh.map(({ cameMs }) => cameMs)), 12_000);
  t.ok(fresh.every(({ leftWallMs, cameMs }) => leftWallMs === 1_000_000 + Math.floor(cameMs / 1_000) * 1_000 + 14));
  t.same(fresh[0]?.ticks, [7, 9]);
  t.same(times.fresh(1, 20_000)[0]?.ticks, [7]);
  t.same(times.fresh(0, 20_000)[0]?.ticks, []);
  t.equal(times.fresh(0, 75_000).length, 20);
  t.equal(times.fresh(0, 80_000).length, 0);
  times.clear();
  t.same(times.fresh(0, 20_000), []);
  t.ok(times.isDue(0));
});
