import t from 'tap';
import { followRedirect, shownUrl, sourceProblem } from '../../../node/geoip/source-url.ts';

t.test('what a database can be fetched from', async (t) => {
  for (const good of ['http://a.example/x', 'HTTPS://a.example/x-{month}.gz?key=1', 'http://127.0.0.1:8080'])
    t.equal(sourceProblem(good), null, good);
  for (const bad of ['', 'city.mmdb', 'file:///a', 'ftp://a.example/', 'http:a.example', 'https://', 'http://a b/'])
    t.match(sourceProblem(bad), /no http or https address/, bad);
  for (const bad of ['http://me@a.example/', 'https://:word@a.example/', 'https://me:word@a.example/'])
    t.match(sourceProblem(bad), /user name or password/, bad);
});

t.test('redirects', async (t) => {
  const table: readonly (readonly [from: string, location: string | null, to: string | RegExp])[] = [
    ['http://a.example/x/y', 'z', 'http://a.example/x/z'],
    ['http://a.example/x/y', '/z?k=1', 'http://a.example/z?k=1'],
    ['http://a.example/x', '//b.example/', 'http://b.example/'],
    ['http://a.example/x', 'https://b.example/z', 'https://b.example/z'],
    ['https://a.example/x', 'https://b.example/z', 'https://b.example/z'],
    ['https://a.example/x', 'http://a.example/z', /from https to http/],
    ['https://a.example/x', 'file:///etc/passwd', /to a file: address/],
    ['http://a.example/x', 'data:,x', /to a data: address/],
    ['http://a.example/x', 'http://me:word@b.example/', /user name or password/],
    ['http://a.example/x', 'http://', /nowhere/],
    ['http://a.example/x', null, /nowhere/],
  ];
  for (const [from, location, to] of table) {
    const expected = typeof to === 'string' ? { type: 'followed', url: to } : { type: 'failed', reason: to };
    t.match(followRedirect(from, location), expected, `${from} ${location}`);
  }
});

t.test('shown without what may be a key', async (t) => {
  t.equal(shownUrl('https://a.example:8443/x/y.gz?key=1#k'), 'https://a.example:8443/x/y.gz?...');
  t.equal(shownUrl('http://a.example/x#k'), 'http://a.example/x');
  t.equal(shownUrl('http://a.example'), 'http://a.example/');
});
