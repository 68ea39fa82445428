import t from 'tap';
import { addressText } from '../../socks/host-text.ts';
import { OwnAddresses } from '../../node/own-addresses.ts';

t.test('loopback is among them, as bytes, and they are read again after a while', (t) => {
  let nowMs = 0;
  const own = new OwnAddresses(
    () => nowMs,
    () => [],
  );
  const first = own.get();
  t.ok(first.some((address) => Buffer.from(address).equals(Buffer.from([127, 0, 0, 1]))));
  t.ok(first.every((address) => address.length === 4 || address.length === 16));
  nowMs = 9_000;
  t.equal(own.get(), first, 'not at each connection');
  nowMs = 11_000;
  t.not(own.get(), first);
  t.end();
});

t.test('so is what others see this machine under', (t) => {
  const own = new OwnAddresses(
    () => 0,
    () => ['198.51.100.9', 'nonsense', '2001:db8::9'],
  );
  const texts = own.get().map(addressText);
  t.ok(['127.0.0.1', '198.51.100.9', '2001:db8::9'].every((text) => texts.includes(text)));
  t.notOk(texts.includes('?'));
  t.end();
});
