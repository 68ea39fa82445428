import t from 'tap';
import { Absence } from '../../../mesh/peering/absence.ts';

t.test('a restart has an end, a stop has none', async (t) => {
  const absence = new Absence();
  t.equal(absence.leftMs(0), null);
  t.equal(absence.begin({ type: 'goodbye', reason: 'restarting', backInS: 60 }, 1_000), 'restarting');
  t.equal(absence.untilMs, 61_000);
  t.equal(absence.leftMs(1_000), 60_000);
  t.equal(absence.leftMs(60_999), 1);
  t.equal(absence.leftMs(61_000), null, 'over');
  t.equal(absence.begin({ type: 'goodbye', reason: 'stopping', backInS: 60 }, 2_000), 'said-goodbye');
  t.equal(absence.leftMs(2_000), null, 'stopping after all');
  t.equal(absence.begin({ type: 'goodbye', reason: 'superseded', backInS: 60 }, 2_000), 'superseded');
  t.equal(absence.leftMs(2_000), null);
});

t.test('who is there is not away', async (t) => {
  const absence = new Absence();
  absence.begin({ type: 'goodbye', reason: 'restarting', backInS: 60 }, 0);
  absence.end();
  t.equal(absence.leftMs(1), null);
  t.equal(absence.untilMs, Number.NEGATIVE_INFINITY);
});

t.test('nobody is waited for longer than ten minutes', async (t) => {
  for (const backInS of [600, 601, 3_600, Number.MAX_SAFE_INTEGER]) {
    const absence = new Absence();
    absence.begin({ type: 'goodbye', reason: 'restarting', backInS }, 5);
    t.equal(absence.leftMs(5), 600_000, `${backInS} s`);
  }
  const absence = new Absence();
  absence.begin({ type: 'goodbye', reason: 'restarting', backInS: 0 }, 5);
  t.equal(absence.leftMs(5), null);
});
