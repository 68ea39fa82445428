import fc from 'fast-check';
import t from 'tap';
import { formatIpNetwork } from '../../../config/ip-network.ts';
import { isFailure } from '../../../config/parse-failure.ts';
import { parseListLine } from '../../../socks/rules/list-entry.ts';

/** An entry in short, or what is wrong. */
function read(line: string): string | null {
  const entry = parseListLine(line);
  if (entry === null) return null;
  if (isFailure(entry)) return entry.error;
  switch (entry.type) {
    case 'names':
      return [entry.kind, ...entry.names, ...entry.attributes.map((word) => `@${word}`)].join(' ');
    case 'network':
      return `network ${formatIpNetwork(entry.network)}`;
    case 'keyword':
    case 'pattern':
      return [entry.type, entry.text, ...entry.attributes.map((word) => `@${word}`)].join(' ');
    case 'include':
      return `include ${entry.name} +${entry.only.all.join()} -${entry.only.none.join()}`;
  }
}

t.test('every kind of line', async (t) => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['', null],
    ['   \t ', null],
    ['# a comment', null],
    ['! a comment', null],
    ['; a comment', null],
    ['// a comment', null],
    ['example.com', 'suffix example.com'],
    ['  Example.COM.  ', 'suffix example.com'],
    ['example.com # why', 'suffix example.com'],
    ['bücher.example', 'suffix xn--bcher-kva.example'],
    ['+.example.com', 'suffix example.com'],
    ['com', 'suffix com'],
    ['domain:example.com', 'suffix example.com'],
    ['domain:example.com @ads @cn # why', 'suffix example.com @ads @cn'],
    ['domain:example.com @ads &other', 'suffix example.com @ads'],
    ['full:www.example.com', 'host www.example.com'],
    ['full:www.example.com @!cn', 'host www.example.com @!cn'],
    ['keyword:Ads', 'keyword ads'],
    ['keyword:ads @x', 'keyword ads @x'],
    ['regexp:^ads?[0-9]+\\.', 'pattern ^ads?[0-9]+\\.'],
    ['regexp:a#b @x', 'pattern a#b @x'],
    ['include:ads', 'include ads + -'],
    ['include:geolocation-!cn @ads @-cn', 'include geolocation-!cn +ads -cn'],
    ['0.0.0.0 ads.example', 'host ads.example'],
    ['127.0.0.1\tads.example b.example # why', 'host ads.example b.example'],
    [':: ads.example', 'host ads.example'],
    ['::1 ads.example', 'host ads.example'],
    ['127.0.0.1 localhost', null],
    ['255.255.255.255 broadcasthost', null],
    ['fe80::1%lo0 localhost', null],
    ['0.0.0.0 0.0.0.0', null],
    ['192.0.2.7', 'network 192.0.2.7/32'],
    ['192.0.2.0/24', 'network 192.0.2.0/24'],
    ['2001:db8::/32', 'network 2001:db8::/32'],
    ['::1', 'network ::1/128'],
  ];
  for (const [line, expected] of cases) t.equal(read(line), expected, JSON.stringify(line));
});

t.test('what no line is', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['||ads.example^', /is a rule of an ad blocker; use the list in its hosts or domains form/],
    ['@@||ads.example^', /is a rule of an ad blocker/],
    ['.example.com', /starts with a sign; write "example.com", which stands for all below it too/],
    ['*.example.com', /write "example.com"/],
    ['domain:.example.com', /write "example.com"/],
    ['https://example.com/', /is no entry; write a domain/],
    ['a..b', /is no entry; write a domain/],
    ['DOMAIN-SUFFIX,example.com', /is no entry; write a domain/],
    ['example.com example.net', /"example.net" does not belong after "example.com"; write one entry a line/],
    ['domain:', /is empty/],
    ['full:a b', /"b" does not belong/],
    ['keyword:', /is empty/],
    ['keyword:a*b', /can't be in a host name/],
    ['regexp:', /has 1 to 500 characters/],
    [`regexp:${'a'.repeat(501)}`, /has 1 to 500 characters/],
    ['include:', /can't be included; name a list in the same folder/],
    ['include:../secret', /can't be included/],
    ['include:/etc/passwd', /can't be included/],
    ['include:.hidden', /can't be included/],
    ['192.0.2.7 ads.example', /"192.0.2.7" is given to "ads.example".*write 0.0.0.0 in its place/],
    ['0.0.0.0 ads..example', /is no domain/],
    ['192.0.2.7/24', /write 192.0.2.0\/24/],
    ['192.0.2.0/33', /no valid prefix length/],
    ['example.com @', /"@" does not belong/],
    ['\u0000', /is no entry/],
  ];
  for (const [line, expected] of cases) t.match(read(line), expected, JSON.stringify(line));
});

t.test('a key is not repeated in a message', async (t) => {
  const key = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB';
  const said = read(`${key}/`) ?? '';
  t.match(said, /is no entry/);
  t.notOk(said.includes(key.slice(0, 12)));
});

t.test('property: any line is read or has a sentence, and names are plain', async () => {
  const word = fc.constantFrom(
    'a',
    'b.c',
    '.',
    ':',
    'domain:',
    'full:',
    '#',
    ' ',
    '@x',
    '0.0.0.0',
    '/',
    '1',
    'ü',
    '*',
    '\t',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join('')),
      ),
      (line) => {
        const entry = parseListLine(line);
        if (entry === null || isFailure(entry) || entry.type !== 'names') return true;
        return entry.names.every((name) => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && name.length <= 255);
      },
    ),
    { seed: 12, numRuns: 3_000 },
  );
});
