import t from 'tap';
import { FirstRoundTrip } from '../../../socks/exits/first-round-trip.ts';

type Step = 'opened' | 'down' | readonly ['sent' | 'received' | 'mid-upload', number];

function told(...steps: readonly Step[]): (number | null)[] {
  const trip = new FirstRoundTrip();
  const results: (number | null)[] = [];
  for (const step of steps) {
    if (step === 'opened') trip.opened();
    else if (step === 'down') trip.uplinkDown();
    else if (step[0] === 'sent') trip.sent(step[1]);
    else results.push(trip.received(step[1], step[0] === 'received' ? 0 : 1));
  }
  return results;
}

t.test('from the last byte sent to the first received, once', async (t) => {
  t.same(told('opened', ['sent', 10], ['received', 52], ['sent', 60], ['received', 99]), [42, null]);
  t.same(told('opened', ['sent', 10], ['sent', 30], ['received', 52]), [22]);
  t.same(told('opened', ['sent', 0], ['received', 30_000]), [30_000]);
});

t.test('what measures something else is left out', async (t) => {
  t.same(told('opened', ['received', 5], ['sent', 10], ['received', 52]), [null, null], 'the site spoke first');
  t.same(told(['sent', 1], 'opened', ['sent', 2], ['received', 52]), [null], 'bytes went along with OPEN');
  t.same(told(['received', 52]), [null], 'never opened');
  t.same(told('opened', ['sent', 1], ['mid-upload', 9], ['received', 10]), [null, null]);
  t.same(told('opened', ['sent', 0], ['received', 30_001]), [null]);
  t.same(told('opened', ['sent', 10], ['received', 9]), [null], 'the clock went back');
  t.same(told('down', 'opened', ['sent', 1], ['received', 9]), [null]);
  t.same(told('opened', ['sent', 1], 'down', ['received', 9]), [null]);
});
