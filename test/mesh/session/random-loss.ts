import t from 'tap';
import { RandomLoss } from '../../../mesh/session/random-loss.ts';

/** Counts packets sent at this instant, so many of a hundred of them lost. */
function count(loss: RandomLoss, sentAtMs: number, packets: number, lostOfHundred: number): void {
  for (let n = 0; n < packets; n++) loss.count(1_232, sentAtMs, n % 100 < lostOfHundred);
}

t.test('only packets of calm spans count', async (t) => {
  const loss = new RandomLoss();
  count(loss, 5, 1_000, 50);
  t.equal(loss.share, 0, 'nothing was calm yet');
  loss.calmBegan(10);
  loss.calmEnded(20);
  count(loss, 9, 1_000, 50);
  count(loss, 20, 1_000, 50);
  t.equal(loss.share, 0);
  count(loss, 10, 300, 10);
  t.ok(loss.share > 0.08 && loss.share <= 0.1, `${loss.share}`);
});

t.test('a calm span that goes on counts', async (t) => {
  const loss = new RandomLoss();
  loss.calmBegan(10);
  count(loss, 1_000, 400, 5);
  t.ok(loss.share > 0.04 && loss.share <= 0.05, `${loss.share}`);
});

t.test('one lost packet of a few proves nothing', async (t) => {
  const loss = new RandomLoss();
  loss.calmBegan(0);
  loss.count(1_232, 1, true);
  t.ok(loss.share < 0.05);
});

t.test('old spans are forgotten', async (t) => {
  const loss = new RandomLoss();
  loss.calmBegan(0);
  count(loss, 1, 1_000, 20);
  t.ok(loss.share > 0.15);
  count(loss, 1, 4_000, 0);
  t.ok(loss.share < 0.01, `${loss.share}`);
});

t.test('what a dead path loses is not random', async (t) => {
  const loss = new RandomLoss();
  loss.calmBegan(0);
  count(loss, 1, 1_000, 100);
  t.equal(loss.share, 0.3);
});
