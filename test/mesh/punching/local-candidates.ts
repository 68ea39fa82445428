import t from 'tap';
import type { NodeAddress } from '../../../mesh/gossip/node-address.ts';
import { LocalCandidates } from '../../../mesh/punching/local-candidates.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const EXIT = nodeId(50);
const HOUR_MS = 3_600_000;

function candidates(...own: readonly string[]): LocalCandidates {
  return new LocalCandidates(() => new Set(own));
}

function addressOf(host: string, port = 4_840, transport: NodeAddress['transport'] = 'udp'): NodeAddress {
  return { transport, source: 'local', host, port };
}

t.test('private addresses of the family that a server sees are told and taken, no others', async (t) => {
  for (const [host, seenAt, isOne] of [
    ['192.168.1.5', '9.0.0.1', true],
    ['10.0.0.5', '9.0.0.1', true],
    ['172.16.0.1', '9.0.0.1', true],
    ['172.31.255.254', '9.0.0.1', true],
    ['fd12:3456::5', '2a00::1', true],
    ['fc00::5', '2a00::1', true],
    ['192.168.1.5', '2a00::1', false],
    ['fd12:3456::5', '9.0.0.1', false],
    ['100.64.0.5', '9.0.0.1', false],
    ['100.127.255.254', '9.0.0.1', false],
    ['172.32.0.1', '9.0.0.1', false],
    ['127.0.0.1', '9.0.0.1', false],
    ['0.0.0.0', '9.0.0.1', false],
    ['169.254.1.5', '9.0.0.1', false],
    ['169.254.169.254', '9.0.0.1', false],
    ['224.0.0.1', '9.0.0.1', false],
    ['239.1.2.3', '9.0.0.1', false],
    ['255.255.255.255', '9.0.0.1', false],
    ['192.0.2.1', '9.0.0.1', false],
    ['8.8.8.8', '9.0.0.1', false],
    ['9.0.0.1', '9.0.0.1', false],
    ['::1', '2a00::1', false],
    ['::', '2a00::1', false],
    ['fe80::5', '2a00::1', false],
    ['ff02::1', '2a00::1', false],
    ['2a00::5', '2a00::1', false],
    ['::ffff:192.168.1.5', '2a00::1', false],
    ['64:ff9b::c0a8:105', '2a00::1', false],
    ['fd00:ec2::254', '2a00::1', false],
  ] as const) {
    const what = `${host} beside ${seenAt}`;
    t.same(candidates(host).hosts(seenAt), isOne ? [host] : [], what);
    t.equal(candidates().take(EXIT, addressOf(host), seenAt, 0, 0), isOne, what);
  }
});

t.test('four are told, and not those of this machine or other transports taken', async (t) => {
  const own = Array.from({ length: 9 }, (_, index) => `10.0.${index}.1`);
  t.same(candidates('8.8.8.8', ...own).hosts('9.0.0.1'), own.slice(0, 4));
  t.notOk(candidates('172.17.0.1').take(EXIT, addressOf('172.17.0.1'), '9.0.0.1', 0, 0));
  for (const transport of ['tcp', 'kcp', 'wss'] as const) {
    t.notOk(candidates().take(EXIT, addressOf('10.0.0.1', 5, transport), '9.0.0.1', 0, 0), transport);
  }
  t.ok(candidates().take(EXIT, addressOf('10.0.0.1'), '9.0.0.1', 3, 0));
  t.notOk(candidates().take(EXIT, addressOf('10.0.0.1'), '9.0.0.1', 4, 0), 'four are tried already');
});

/** How many of so many are taken. */
function taken(local: LocalCandidates, count: number, nowMs: number, peer = EXIT): number {
  let sum = 0;
  for (let index = 0; index < count; index++) {
    if (local.take(peer, addressOf(`10.${index >> 8}.${index & 255}.1`), '9.0.0.1', 0, nowMs)) sum++;
  }
  return sum;
}

t.test('of one peer eight at once, and one in five minutes', async (t) => {
  const local = candidates();
  t.equal(taken(local, 1_000, 0), 8);
  t.equal(taken(local, 1_000, 299_999), 0);
  t.equal(taken(local, 1_000, HOUR_MS), 8, 'no more are saved up');
  t.equal(taken(local, 1_000, HOUR_MS, nodeId(51)), 8, 'another one is not meant');
  local.forget();
  t.equal(taken(local, 1_000, HOUR_MS), 8, 'nor is another network');
});

t.test(
  'messages in an hour: by one peer four to an address, six to an IP, 16 to all; by several twice as many at most',
  async (t) => {
    const local = candidates();
    const sent = (host: string, port: number, peer = EXIT): number => {
      let count = 0;
      while (local.ledger.take(peer, { host, port }, 0)) count++;
      return count;
    };
    t.equal(sent('10.0.0.1', 1), 4);
    t.notOk(local.take(EXIT, addressOf('10.0.0.1', 1), '9.0.0.1', 0, 0), 'nothing is left for it');
    t.ok(local.take(nodeId(51), addressOf('10.0.0.1', 1), '9.0.0.1', 0, 0), 'but for another one');
    t.equal(sent('10.0.0.1', 2), 2);
    t.equal(sent('10.0.0.1', 3, nodeId(51)), 2);
    t.equal(sent('10.0.0.1', 4, nodeId(52)), 0);
    let all = 8;
    for (let index = 2; index < 100; index++) all += sent(`10.0.0.${index}`, 1);
    t.equal(all, 16 + 2);
    for (let index = 2; index < 100; index++) all += sent(`10.0.0.${index}`, 1, nodeId(52));
    t.equal(all, 32);
    local.ledger.proven({ host: '10.0.0.1', port: 1 }, 0);
    t.equal(sent('10.0.0.1', 1), 4, 'where a member was there is room again');
    local.forget();
    t.equal(sent('10.0.0.1', 1), 4, 'in another network that is a stranger');
  },
);
