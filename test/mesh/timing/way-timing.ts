import t from 'tap';
import { WayTiming } from '../../../mesh/timing/way-timing.ts';
import { Header } from '../../../mesh/wire/header.ts';

t.test('a sleep ends what was known', async (t) => {
  const timing = new WayTiming();
  const { sentMs } = timing.exchanges.ask(0, 1_000);
  timing.exchanges.answered(
    { type: 'time', sentMs: 5_000, answer: { askedMs: sentMs, heldMs: 0, relay1Tick: 255, relay2Tick: 255 } },
    5_000,
    [],
    20,
  );
  timing.messages.note(new Header(), 20);
  t.equal(timing.exchanges.all.length, 1);
  t.equal(timing.messages.fresh(0, 20).length, 1);
  timing.clear();
  t.equal(timing.exchanges.all.length, 0);
  t.equal(timing.messages.fresh(0, 20).length, 0);
});
