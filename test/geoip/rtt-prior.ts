import t from 'tap';
import { beyondExitPriorMs, contradictsRtt, rttPriorMs } from '../../geoip/rtt-prior.ts';

t.test('priors', async (t) => {
  t.equal(beyondExitPriorMs(null), 15);
  t.equal(beyondExitPriorMs(0), 5);
  t.equal(beyondExitPriorMs(6_250), 105);
  t.equal(rttPriorMs(30, 625), 45);
  t.equal(rttPriorMs(30, null), 45);
});

t.test('faster than light in fibre is a contradiction, slower is none', async (t) => {
  t.ok(contradictsRtt(10_000, 20));
  t.ok(contradictsRtt(10_000, 97.9));
  t.notOk(contradictsRtt(10_000, 98.1));
  t.notOk(contradictsRtt(150, 0));
  t.notOk(contradictsRtt(0, 300));
});
