import t from 'tap';
import { ConnectionUse } from '../../socks/connection-use.ts';

function setup(isOpened: boolean) {
  const heard: string[] = [];
  const clock = { nowMs: 100 };
  const use = new ConnectionUse({
    nowMs: () => clock.nowMs,
    wallMs: () => 5_000,
    pin: { close: (wallMs) => heard.push(`unused at ${wallMs}`) },
    isOpened,
    measured: (ms) => heard.push(`${ms} ms`),
    over: () => heard.push('over'),
  });
  return { heard, clock, use };
}

t.test('the first round trip, once, and the pin until the end', async (t) => {
  const { heard, clock, use } = setup(true);
  use.sent();
  clock.nowMs = 130;
  use.received(0);
  use.sent();
  clock.nowMs = 190;
  use.received(0);
  use.ended();
  use.ended();
  t.same(heard, ['30 ms', 'unused at 5000', 'over']);
});

t.test('nothing is measured before the exit connected, nor over an uplink that was down', async (t) => {
  const early = setup(false);
  early.use.sent();
  early.use.received(0);
  t.same(early.heard, []);
  const { heard, use } = setup(true);
  use.sent();
  use.uplinkDown();
  use.received(0);
  t.same(heard, []);
});
