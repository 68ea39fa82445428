import t from 'tap';
import { PunchLedger } from '../../../mesh/punching/punch-ledger.ts';

const HOUR_MS = 3_600_000;

t.test('one message an address and hour', async (t) => {
  const ledger = new PunchLedger();
  t.ok(ledger.take('udp://8.0.0.1:5', 0));
  t.notOk(ledger.take('udp://8.0.0.1:5', 1));
  t.ok(ledger.take('udp://8.0.0.1:6', 1), 'another port is another address');
  t.notOk(ledger.take('udp://8.0.0.1:5', HOUR_MS - 1));
  t.ok(ledger.take('udp://8.0.0.1:5', HOUR_MS));
  t.notOk(ledger.take('udp://8.0.0.1:6', HOUR_MS));
});

t.test('256 addresses an hour', async (t) => {
  const ledger = new PunchLedger();
  const taken = (nowMs: number): number =>
    Array.from({ length: 1_000 }, (_, port) => ledger.take(`udp://8.0.0.1:${nowMs + port}`, nowMs)).filter(Boolean)
      .length;
  t.equal(taken(0), 256);
  t.equal(taken(HOUR_MS - 1), 0);
  t.equal(taken(HOUR_MS), 256);
});

t.test('who answered with the token is no stranger', async (t) => {
  const ledger = new PunchLedger();
  t.ok(ledger.take('udp://8.0.0.1:5', 0));
  ledger.proven('udp://8.0.0.1:5');
  t.ok(ledger.take('udp://8.0.0.1:5', 1));
});
