import t from 'tap';
import { PunchLedger } from '../../../mesh/punching/punch-ledger.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const HOUR_MS = 3_600_000;
const IP = '8.0.0.1';
const [ONE, OTHER, THIRD] = [nodeId(1), nodeId(2), nodeId(3)];

/** How many messages are allowed of so many to each of the addresses, because that one names them. */
function taken(
  ledger: PunchLedger,
  addresses: readonly (readonly [string, number])[],
  each: number,
  nowMs: number,
  by = ONE,
): number {
  let count = 0;
  for (let turn = 0; turn < each; turn++) {
    for (const [host, port] of addresses) if (ledger.take(by, { host, port }, nowMs)) count++;
  }
  return count;
}

t.test('four messages an address and hour, eight where two name it', async (t) => {
  const ledger = new PunchLedger();
  t.ok(ledger.has(ONE, { host: IP, port: 5 }, 0));
  t.equal(taken(ledger, [[IP, 5]], 3, 0), 3);
  t.ok(ledger.has(ONE, { host: IP, port: 5 }, 1_000), 'looking does not count');
  t.equal(taken(ledger, [[IP, 5]], 3, 1_000), 1);
  t.notOk(ledger.has(ONE, { host: IP, port: 5 }, 1_000));
  t.equal(
    taken(ledger, [[IP, 5]], 9, 1_000, OTHER),
    4,
    'who names it first does not use up what another may have sent',
  );
  t.equal(taken(ledger, [[IP, 5]], 9, 1_000, THIRD), 0);
  t.equal(taken(ledger, [[IP, 6]], 5, 1_000), 4, 'another port is another address');
  t.equal(taken(ledger, [['8.0.0.2', 5]], 5, 1_000), 4, 'as is another IP');
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS - 1), 0);
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS), 3);
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS + 1_000), 1);
});

t.test('32 messages an IP and hour, whatever the ports, 24 of them because of one', async (t) => {
  const ports = Array.from({ length: 1_000 }, (_, port) => [IP, port + 1] as const);
  for (const each of [1, 4]) {
    const ledger = new PunchLedger();
    t.equal(taken(ledger, ports, each, 0), 24);
    t.equal(taken(ledger, ports, each, 0, OTHER), 8);
    t.equal(taken(ledger, ports, each, HOUR_MS - 1, THIRD), 0);
    t.equal(taken(ledger, [['8.0.0.2', 5]], 1, HOUR_MS - 1), 1, 'another IP is not meant');
    t.equal(taken(ledger, ports, each, HOUR_MS), 24);
  }
});

t.test('256 messages an hour, half of them because of one', async (t) => {
  const ledger = new PunchLedger();
  const all = Array.from({ length: 1_000 }, (_, index) => [`8.0.${index >> 8}.${index & 255}`, 5] as const);
  t.equal(taken(ledger, all, 1, 0), 128);
  t.equal(taken(ledger, all, 1, 0, OTHER), 128);
  t.equal(taken(ledger, all, 1, HOUR_MS - 1, THIRD), 0);
  t.equal(taken(ledger, all, 1, HOUR_MS), 128);
});

t.test('where a member has proven itself is no stranger, however many are behind the same IP', async (t) => {
  const ledger = new PunchLedger();
  for (let port = 1; port <= 200; port++) {
    t.equal(taken(ledger, [[IP, port]], 3, port), 3);
    ledger.proven({ host: IP, port }, 0);
  }
  t.equal(taken(ledger, [[IP, 7]], 40, HOUR_MS), 24);
  t.equal(taken(ledger, [[IP, 7]], 40, HOUR_MS, OTHER), 8);
  ledger.proven({ host: '8.0.0.2', port: 7 }, 0);
  ledger.proven({ host: IP, port: 8 }, 0);
  t.notOk(ledger.has(ONE, { host: IP, port: 7 }, HOUR_MS), 'others are not meant');
});

t.test('where a member has proven itself within a day it may be away for a while', async (t) => {
  const ledger = new PunchLedger();
  const sent = (nowMs: number): number => taken(ledger, [[IP, 7]], 99, nowMs);
  t.equal(sent(0), 4);
  ledger.proven({ host: IP, port: 7 }, 0);
  t.equal(sent(1_000), 24);
  t.equal(sent(3_601_000), 24);
  t.equal(sent(86_400_000), 4, 'after that it may be a stranger');
});

t.test('no more addresses are remembered than can be sent to', async (t) => {
  const ledger = new PunchLedger();
  for (let port = 1; port <= 257; port++) ledger.proven({ host: IP, port }, 0);
  t.equal(taken(ledger, [[IP, 1]], 99, 0), 4);
  t.equal(taken(ledger, [[IP, 257]], 99, 0), 20, 'as many as an IP gets because of one');
});

t.test('less where a network is small', async (t) => {
  const ledger = new PunchLedger(8, 32);
  const all = Array.from({ length: 100 }, (_, index) => [`8.0.0.${index}`, 5] as const);
  t.equal(
    taken(
      ledger,
      [
        [IP, 1],
        [IP, 2],
      ],
      9,
      0,
    ),
    6,
  );
  t.equal(taken(ledger, all, 4, 0), 10);
  t.equal(taken(ledger, all, 4, 0, OTHER), 16);
  t.equal(taken(ledger, all, 4, 0, THIRD), 0);
});
