import t from 'tap';
import {
  parseCountry,
  parseName,
  parseNodeSettings,
  parseNumber,
  parseSeconds,
  parseUrls,
} from '../../../node/setup/parse-options.ts';

const NOTHING = { listen: [], advertise: [], socks: undefined, allowPrivate: false };

t.test('what was not said is left out', (t) => {
  t.same(parseNodeSettings(NOTHING), { listen: [], allowPrivate: false });
  t.equal(parseName(undefined), undefined);
  t.equal(parseCountry(undefined), undefined);
  t.end();
});

t.test('what was said is understood', (t) => {
  const said = { listen: ['udp://[::]:0'], advertise: ['tcp://192.0.2.1:1'], socks: '[::1]:0', allowPrivate: true };
  t.same(parseNodeSettings(said), {
    listen: [{ transport: 'udp', host: '::', port: 0 }],
    advertise: [{ transport: 'tcp', host: '192.0.2.1', port: 1 }],
    socks: { listen: { host: '::1', port: 0 } },
    allowPrivate: true,
  });
  t.equal(parseNumber('--id', 254), 254);
  t.equal(parseSeconds('--expires', '2h'), 7_200);
  t.equal(parseCountry('DE'), 'DE');
  t.end();
});

t.test('mistakes name the option', (t) => {
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => parseNodeSettings({ ...NOTHING, listen: ['x'] }), /^--listen: /],
    [() => parseNodeSettings({ ...NOTHING, advertise: ['udp://0.0.0.0:1'] }), /^--advertise: /],
    [() => parseNodeSettings({ ...NOTHING, socks: '1080' }), /^--socks: /],
    [() => parseUrls('--server', ['udp://1.2.3.4:0'], 'dial'), /^--server: /],
    [() => parseNumber('--id', NaN), /^--id has to be/],
    [() => parseName(''), /^--name: /],
    [() => parseCountry('XX'), /^--country: /],
    [() => parseSeconds('--grace', 'soon'), /^--grace: .*such as 7d/],
  ];
  for (const [parse, message] of cases) t.throws(parse, { code: 'usage', message });
  t.end();
});
