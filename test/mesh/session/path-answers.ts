import t from 'tap';
import { PathAnswers } from '../../../mesh/session/path-answers.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';
import { SentPackets } from '../../../mesh/session/sent-packets.ts';

function make(rttMs = 100) {
  const rtt = new RttEstimator();
  rtt.update(rttMs, 0, 0);
  const sent = new SentPackets();
  const answers = new PathAnswers(rtt, sent);
  const send = (packetNumber: number, nowMs: number): void => {
    answers.sending(nowMs);
    const snapshot = { deliveredBytes: 0, deliveredAtMs: 0, firstSentAtMs: 0, isAppLimited: false };
    sent.add({ packetNumber, sentAtMs: nowMs, bytes: 100, frames: [], ...snapshot });
  };
  return { rtt, sent, answers, send };
}

t.test('nothing in flight: neither a probe is due, nor is it silent', async (t) => {
  const { answers } = make();
  t.equal(answers.probeAtMs, Infinity);
  t.equal(answers.silentSinceMs, Infinity);
  t.equal(answers.progressAtMs, -Infinity);
});

t.test('a probe follows the last packet, and silence counts from the first', async (t) => {
  const { rtt, answers, send } = make();
  send(0, 1_000);
  send(1, 1_050);
  t.equal(answers.probeAtMs, 1_050 + rtt.probeTimeoutMs);
  t.equal(answers.silentSinceMs, 1_000);
  answers.probed(answers.probeAtMs);
  t.equal(answers.unansweredProbes, 1);
  t.ok(answers.probeAtMs > 1_050 + 2 * rtt.probeTimeoutMs, 'the next one later');
  send(2, 1_400);
  t.ok(answers.probeAtMs < 1_400 + 2 * rtt.probeTimeoutMs, 'what is sent meanwhile does not put it off');
});

t.test('what is sent all the time puts the probe off for one probe timeout only', async (t) => {
  const { rtt, answers, send } = make();
  let nowMs = 1_000;
  for (let packetNumber = 0; nowMs < answers.probeAtMs; packetNumber++) {
    send(packetNumber, nowMs);
    nowMs += 20;
  }
  t.ok(nowMs <= 1_000 + 2 * rtt.probeTimeoutMs + 20, `${nowMs} ms`);
  answers.probed(nowMs);
  answers.heard(nowMs);
  send(1_000, nowMs + 10);
  t.equal(answers.probeAtMs, nowMs + 10 + rtt.probeTimeoutMs, 'what the peer sends begins it anew');
});

t.test('what the peer sends ends probing, what it acknowledges ends silence', async (t) => {
  const { answers, send } = make();
  send(0, 1_000);
  send(1, 1_010);
  answers.probed(1_400);
  answers.heard(1_500);
  t.equal(answers.heardAtMs, 1_500);
  t.equal(answers.unansweredProbes, 0);
  t.equal(answers.silentSinceMs, 1_000, 'that packets come does not say that packets arrive');
  answers.progressed(1_600);
  t.equal(answers.silentSinceMs, 1_600);
  t.equal(answers.progressAtMs, 1_600);
  send(2, 1_700);
  t.equal(answers.silentSinceMs, 1_600, 'the oldest is older than that');
});

t.test('what is not acknowledged is asked about where the peer is heard all the time, ever more rarely', async (t) => {
  const { rtt, answers, send } = make();
  const heardUntilDueMs = (fromMs: number): number => {
    let nowMs = fromMs;
    for (; nowMs < answers.probeAtMs && nowMs < 20_000; nowMs += 5) answers.heard(nowMs);
    return nowMs;
  };
  send(0, 1_000);
  let nowMs = 1_000;
  for (const times of [1, 2, 4, 8]) {
    nowMs = heardUntilDueMs(nowMs);
    t.ok(Math.abs(nowMs - 1_000 - times * rtt.probeTimeoutMs) <= 5, `${nowMs} ms`);
    answers.probed(1_000 + times * rtt.probeTimeoutMs);
  }
  answers.progressed(nowMs);
  const atMs = heardUntilDueMs(nowMs);
  t.ok(Math.abs(atMs - nowMs - rtt.probeTimeoutMs) <= 5, 'anew after an answer');
});

t.test('after idleness silence counts from what is sent then', async (t) => {
  const { sent, answers, send } = make();
  send(0, 1_000);
  answers.progressed(1_100);
  sent.takeAll(() => {});
  t.equal(answers.silentSinceMs, Infinity);
  send(1, 60_000);
  t.equal(answers.silentSinceMs, 60_000);
});

t.test('silent after two probe timeouts, but no sooner than 400 ms, and after one where that is long', async (t) => {
  for (const [rttMs, probeTimeouts] of [
    [100, 2],
    [500, 1],
  ] as const) {
    const { rtt, answers, send } = make(rttMs);
    t.equal(answers.silentFromMs, Infinity);
    send(0, 1_000);
    t.equal(answers.silentFromMs, 1_000 + probeTimeouts * rtt.probeTimeoutMs);
  }
  const { rtt, answers, send } = make(1);
  for (let count = 0; count < 50; count++) rtt.update(1, 0, count);
  send(0, 1_000);
  t.equal(answers.silentFromMs, 1_400);
});

t.test('a peer that is heard when it would have acknowledged, and did not, does not hear', async (t) => {
  const { answers, send } = make(100);
  send(0, 1_000);
  answers.heard(1_090);
  t.notOk(answers.isUnheard(10_000), 'that came too soon to be an answer');
  answers.heard(1_110);
  t.notOk(answers.isUnheard(answers.silentFromMs - 1), 'it may yet come');
  t.ok(answers.isUnheard(answers.silentFromMs));
  answers.progressed(2_000);
  t.notOk(answers.isUnheard(2_001));
});

t.test('what was unanswered before a sleep does not make a peer deaf that is heard after it', async (t) => {
  const { rtt, answers, send } = make();
  send(0, 1_000);
  answers.forgive(7_200_000);
  t.notOk(answers.isUnheard(7_200_000));
  answers.heard(7_200_000 + rtt.srttMs);
  t.notOk(answers.isUnheard(7_200_000 + rtt.srttMs));
  t.ok(answers.isUnheard(7_201_000), 'but for long');
});

t.test('a sleep is forgiven, and a new link knows nothing', async (t) => {
  const { answers, send } = make();
  send(0, 1_000);
  for (let count = 0; count < 5; count++) answers.probed(2_000 + 100 * count);
  answers.forgive(7_200_000);
  t.equal(answers.unansweredProbes, 0);
  t.ok(answers.probeAtMs <= 7_200_000, 'a probe is due at once');
  t.equal(answers.heardAtMs, 7_200_000, 'and what is asked of it is asked anew');
  answers.progressed(7_200_100);
  answers.restart();
  t.equal(answers.heardAtMs, -Infinity);
  t.equal(answers.progressAtMs, -Infinity);
});

t.test('what a relay says against it counts until it answers what was sent since', async (t) => {
  const { answers } = make(100);
  t.notOk(answers.isDemoted(0));
  answers.demote(6_000, 1_000);
  t.ok(answers.isDemoted(1_000));
  answers.progressed(1_100);
  t.ok(answers.isDemoted(1_100), 'that was on its way already');
  t.notOk(answers.isDemoted(6_000), 'nor does it count for ever');
  answers.progressed(1_101);
  t.notOk(answers.isDemoted(1_101));
  answers.demote(7_000, 2_000);
  t.ok(answers.isDemoted(2_000), 'and may be said again');
  answers.restart();
  t.notOk(answers.isDemoted(2_000), 'of a new link it was not said');
});
