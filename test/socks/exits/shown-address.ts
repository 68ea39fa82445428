import t from 'tap';
import { familyOf, shownAddress } from '../../../socks/exits/shown-address.ts';
import { addressBytes } from '../../../socks/host-text.ts';

const from = (address: string) => ({ host: { type: 'ip', bytes: addressBytes(address)! }, port: 1 }) as const;

t.test('the bound address where all can tell it apart, else what others see of its family, else nothing', async (t) => {
  const table: readonly (readonly [string, readonly string[], string | null])[] = [
    ['8.0.0.1', [], '8.0.0.1'],
    ['8.0.0.1', ['8.0.0.2'], '8.0.0.1'],
    ['::ffff:8.0.0.1', [], '8.0.0.1'],
    ['2A00::1', ['8.0.0.2'], '2a00::1'],
    ['10.0.0.1', ['8.0.0.2'], '8.0.0.2'],
    ['10.0.0.1', ['2a00::2', '8.0.0.2'], '8.0.0.2'],
    ['10.0.0.1', ['2a00::2'], null],
    ['10.0.0.1', [], null],
    ['10.0.0.1', ['10.0.0.2'], null],
    ['100.64.0.1', ['8.0.0.2'], '8.0.0.2'],
    ['fd00::1', ['8.0.0.2', '2a00::2'], '2a00::2'],
    ['fe80::1', ['8.0.0.2'], null],
    ['127.0.0.1', ['8.0.0.2'], '8.0.0.2'],
    // Not told: neither by port 0 (PROTOCOL section 4), nor before the exit has answered.
    ['0.0.0.0', ['8.0.0.2'], null],
    ['::', ['2a00::2'], null],
  ];
  for (const [bound, seen, shown] of table)
    t.equal(shownAddress(from(bound), seen), shown, `${bound} ${seen.join(' ')}`);
  t.equal(shownAddress({ host: { type: 'name', name: 'exit.example' }, port: 1 }, ['8.0.0.2']), null);
  t.equal(shownAddress({ host: { type: 'ip', bytes: new Uint8Array(5).fill(8) }, port: 1 }, ['8.0.0.2']), null);
});

t.test('families', async (t) => {
  t.equal(familyOf('8.0.0.1'), 4);
  t.equal(familyOf('2a00::1'), 6);
});
