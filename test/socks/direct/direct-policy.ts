import t from 'tap';
import { checkDirect } from '../../../socks/direct/direct-policy.ts';
import { addressBytes } from '../../../socks/host-text.ts';

const own = {
  addresses: ['198.51.100.7', '192.168.1.20', '2001:db8:1::7', '2600::7'].map((text) => addressBytes(text)!),
  ports: [1080, 4840],
};

t.test('what a program asks for by address, and what an exit says that a name is', async (t) => {
  const cases: readonly (readonly [address: string, port: number, program: string | null, exit: string | null])[] = [
    ['93.184.216.34', 443, null, null],
    ['93.184.216.34', 1080, null, null],
    ['93.184.216.34', 25, null, null],
    ['93.184.216.34', 0, 'port-zero', 'port-zero'],
    ['2600:1901::1', 443, null, null],
    // The network around this machine.
    ['192.168.1.1', 80, null, 'private'],
    ['10.0.0.1', 1080, null, 'private'],
    ['100.64.0.1', 80, null, 'carrier-grade-nat'],
    ['169.254.1.1', 80, null, 'link-local'],
    ['169.254.169.254', 80, null, 'metadata'],
    ['fe80::1', 80, null, 'link-local'],
    ['fd00::1', 80, null, 'private'],
    ['224.0.0.1', 80, null, 'multicast'],
    ['255.255.255.255', 80, null, 'broadcast'],
    ['240.0.0.1', 80, null, 'reserved'],
    // A neighbour's address, which the router lets no stranger through to, and one of the next network.
    ['2600::1', 80, null, 'private'],
    ['2600::ffff:ffff:ffff:ffff', 80, null, 'private'],
    ['2600:0:0:1::1', 80, null, null],
    // This machine.
    ['127.0.0.1', 8080, null, 'loopback'],
    ['::1', 8080, null, 'loopback'],
    ['0.0.0.0', 8080, null, 'unspecified'],
    ['192.168.1.20', 8080, null, 'private'],
    ['2600::7', 8080, null, 'own-address'],
    // This process.
    ['127.0.0.1', 1080, 'own-port', 'own-port'],
    ['127.9.9.9', 4840, 'own-port', 'own-port'],
    ['::1', 1080, 'own-port', 'own-port'],
    ['0.0.0.0', 1080, 'own-port', 'own-port'],
    ['::', 1080, 'own-port', 'own-port'],
    ['192.168.1.20', 1080, 'own-port', 'own-port'],
    ['2600::7', 4840, 'own-port', 'own-port'],
    // The same in disguise: mapped, NAT64, 6to4.
    ['::ffff:127.0.0.1', 1080, 'own-port', 'own-port'],
    ['64:ff9b::7f00:1', 1080, 'own-port', 'own-port'],
    ['2002:7f00:1::', 1080, 'own-port', 'own-port'],
    ['::ffff:192.168.1.1', 80, null, 'private'],
    ['64:ff9b::a00:1', 80, null, 'private'],
    ['2002:a00:1::', 80, null, 'private'],
  ];
  for (const [text, port, program, exit] of cases) {
    const address = addressBytes(text)!;
    t.equal(checkDirect(own, address, port, 'program'), program, `${text} ${port} by the program`);
    t.equal(checkDirect(own, address, port, 'exit'), exit, `${text} ${port} by an exit`);
  }
});

t.test('a public address of this machine is nobody else', async (t) => {
  const machine = { addresses: [addressBytes('93.184.216.34')!], ports: [] };
  t.equal(checkDirect(machine, addressBytes('93.184.216.34')!, 22, 'exit'), 'own-address');
  t.equal(checkDirect(machine, addressBytes('::ffff:93.184.216.34')!, 22, 'exit'), 'own-address');
  t.equal(checkDirect(machine, addressBytes('93.184.216.35')!, 22, 'exit'), null);
});

t.test('bytes that are no address', async (t) => {
  for (const length of [0, 3, 5, 15, 17]) {
    t.equal(checkDirect(own, new Uint8Array(length), 80, 'exit'), 'reserved', `${length} bytes`);
  }
});
