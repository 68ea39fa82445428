import t from 'tap';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { Silence } from '../../../mesh/session/silence.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

const DEATH_AFTER_MS = 4_500;

function path(rttMs: number): SessionPath {
  const path = new SessionPath(0, new RecordingCarrier());
  path.rtt.update(rttMs, 0, 0);
  return path;
}

t.test('nobody dies while nothing is outstanding', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  t.equal(silence.deathAtMs(path(50)), Infinity);
  t.equal(silence.deathAtMs(null), Infinity);
});

t.test('death comes 4.5 s after the last sign while something waits', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  const waiting = path(50);
  waiting.send(new Uint8Array(10), [{ type: 'once' }], 100_000);
  t.equal(silence.deathAtMs(waiting), 104_500, 'idle hours before do not count');
  silence.heard(101_000);
  t.equal(silence.deathAtMs(waiting), 105_500);
  silence.heard(90_000);
  waiting.acknowledge(
    [{ first: 0, last: 0 }],
    0,
    101_100,
    () => {},
    () => {},
  );
  t.equal(silence.deathAtMs(waiting), Infinity);
});

t.test('a slow path is given three probe timeouts', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  const slow = path(2_000);
  slow.send(new Uint8Array(10), [{ type: 'once' }], 0);
  t.equal(silence.deathAtMs(slow), 3 * (2_000 + 4_000 + 25));
});

t.test('without any link what waits to be sent counts from when it began to', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  silence.stranded(true, 50_000);
  silence.stranded(true, 51_000);
  t.equal(silence.deathAtMs(null), 54_500);
  silence.stranded(false, 52_000);
  t.equal(silence.deathAtMs(null), Infinity);
  silence.stranded(true, 60_000);
  t.equal(silence.deathAtMs(null), 64_500);
});

t.test('a path without a link waits for nothing', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  const gone = path(50);
  gone.send(new Uint8Array(10), [{ type: 'once' }], 0);
  gone.detach(() => {});
  t.equal(silence.deathAtMs(gone), Infinity);
});

t.test('after a sleep there are ten seconds of amnesty', async (t) => {
  const silence = new Silence(DEATH_AFTER_MS, 0);
  const waiting = path(50);
  waiting.send(new Uint8Array(10), [{ type: 'once' }], 0);
  silence.forgive(3_600_000);
  t.equal(silence.deathAtMs(waiting), 3_610_000);
});

t.test('a session that waits silence out never dies', async (t) => {
  const silence = new Silence(Infinity, 0);
  const waiting = path(50);
  waiting.send(new Uint8Array(10), [{ type: 'once' }], 0);
  silence.stranded(true, 0);
  t.equal(silence.deathAtMs(waiting), Infinity);
});
