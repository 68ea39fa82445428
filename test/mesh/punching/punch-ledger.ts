import t from 'tap';
import { PunchLedger } from '../../../mesh/punching/punch-ledger.ts';

const HOUR_MS = 3_600_000;
const IP = '8.0.0.1';

/** How many messages are allowed of so many to each of the addresses. */
function taken(ledger: PunchLedger, addresses: readonly (readonly [string, number])[], each: number, nowMs: number) {
  let count = 0;
  for (let turn = 0; turn < each; turn++) {
    for (const [ip, port] of addresses) if (ledger.take(ip, port, nowMs)) count++;
  }
  return count;
}

t.test('four messages an address and hour', async (t) => {
  const ledger = new PunchLedger();
  t.ok(ledger.has(IP, 5, 0));
  t.equal(taken(ledger, [[IP, 5]], 3, 0), 3);
  t.ok(ledger.has(IP, 5, 1_000), 'looking does not count');
  t.equal(taken(ledger, [[IP, 5]], 3, 1_000), 1);
  t.notOk(ledger.has(IP, 5, 1_000));
  t.equal(taken(ledger, [[IP, 6]], 5, 1_000), 4, 'another port is another address');
  t.equal(taken(ledger, [['8.0.0.2', 5]], 5, 1_000), 4, 'as is another IP');
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS - 1), 0);
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS), 3);
  t.equal(taken(ledger, [[IP, 5]], 9, HOUR_MS + 1_000), 1);
});

t.test('32 messages an IP and hour, whatever the ports', async (t) => {
  const ports = Array.from({ length: 1_000 }, (_, port) => [IP, port + 1] as const);
  for (const each of [1, 4]) {
    const ledger = new PunchLedger();
    t.equal(taken(ledger, ports, each, 0), 32);
    t.equal(taken(ledger, ports, each, HOUR_MS - 1), 0);
    t.equal(taken(ledger, [['8.0.0.2', 5]], 1, HOUR_MS - 1), 1, 'another IP is not meant');
    t.equal(taken(ledger, ports, each, HOUR_MS), 32);
  }
});

t.test('256 messages an hour', async (t) => {
  const ledger = new PunchLedger();
  const all = Array.from({ length: 1_000 }, (_, index) => [`8.0.${index >> 8}.${index & 255}`, 5] as const);
  t.equal(taken(ledger, all, 1, 0), 256);
  t.equal(taken(ledger, all, 1, HOUR_MS - 1), 0);
  t.equal(taken(ledger, all, 1, HOUR_MS), 256);
});

t.test('where a member has proven itself is no stranger, however many are behind the same IP', async (t) => {
  const ledger = new PunchLedger();
  for (let port = 1; port <= 200; port++) {
    t.equal(taken(ledger, [[IP, port]], 3, port), 3);
    ledger.proven(IP, port, 0);
  }
  t.equal(taken(ledger, [[IP, 7]], 40, HOUR_MS), 24);
  ledger.proven('8.0.0.2', 7, 0);
  ledger.proven(IP, 8, 0);
  t.notOk(ledger.has(IP, 7, HOUR_MS), 'others are not meant');
});

t.test('where a member has proven itself within a day it may be away for a while', async (t) => {
  const ledger = new PunchLedger();
  const taken = (nowMs: number): number => {
    let count = 0;
    while (ledger.take(IP, 7, nowMs)) count++;
    return count;
  };
  t.equal(taken(0), 4);
  ledger.proven(IP, 7, 0);
  t.equal(taken(1_000), 24);
  t.equal(taken(3_601_000), 24);
  t.equal(taken(86_400_000), 4, 'after that it may be a stranger');
});

t.test('no more addresses are remembered than can be sent to', async (t) => {
  const ledger = new PunchLedger();
  for (let port = 1; port <= 257; port++) ledger.proven(IP, port, 0);
  const taken = (port: number): number => {
    let count = 0;
    while (ledger.take(IP, port, 0)) count++;
    return count;
  };
  t.equal(taken(1), 4);
  t.equal(taken(257), 24);
});
