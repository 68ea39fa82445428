import fc from 'fast-check';
import t from 'tap';
import { formatIpNetwork, parseIpNetwork } from '../../config/ip-network.ts';
import { isFailure } from '../../config/parse-failure.ts';

t.test('networks in their one spelling', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.32.0.0/11', '10.32.0.0/11'],
    ['2001:DB8:0::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['2001:db8:8000::/33', '2001:db8:8000::/33'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ];
  for (const [text, expected] of cases) {
    const network = parseIpNetwork(text);
    t.equal(isFailure(network) ? network.error : formatIpNetwork(network), expected, text);
    t.strictSame(parseIpNetwork(expected), network, 'and back');
  }
});

t.test('what is no network', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /is no network; write one such as 192\.0\.2\.0\/24/],
    ['example.com', /is no network/],
    ['192.0.2/24', /is no network/],
    ['010.0.0.0/8', /is no network/],
    ['fe80::1%eth0', /is no network/],
    ['192.0.2.0/', /no valid prefix length; write a number from 0 to 32/],
    ['192.0.2.0/33', /no valid prefix/],
    ['192.0.2.0/-1', /no valid prefix/],
    ['192.0.2.0/024', /no valid prefix/],
    ['192.0.2.0/24/8', /no valid prefix/],
    ['::/129', /from 0 to 128/],
    ['192.0.2.7/24', /beyond its prefix; write 192\.0\.2\.0\/24/],
    ['2001:db8::1/32', /write 2001:db8::\/32/],
    ['::ffff:0:0/95', /more than all of IPv4/],
  ];
  for (const [text, expected] of cases) {
    const parsed = parseIpNetwork(text);
    t.match(isFailure(parsed) ? parsed.error : formatIpNetwork(parsed), expected, text);
  }
});

t.test('property: the advice in an error can be followed', async () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 130 }), (ip, bits) => {
      const parsed = parseIpNetwork(`${ip}/${bits}`);
      if (!isFailure(parsed)) return parsed.prefixBits <= parsed.bytes.length * 8;
      const advice = /beyond its prefix; write (.*)$/.exec(parsed.error)?.[1];
      return advice === undefined || !isFailure(parseIpNetwork(advice));
    }),
    { seed: 8, numRuns: 1_000 },
  );
});
