import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { download } from '../../../node/geoip/download.ts';

t.test('counts, and takes no more than allowed', async (t) => {
  const server = createServer((_request, response) => response.end('0123456789'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}/file`;
  const folder = t.testdir();
  const progress: unknown[] = [];
  const of = (name: string, maxBytes: number) =>
    download({
      url,
      path: join(folder, name),
      maxBytes,
      stallMs: 10_000,
      maxMs: 60_000,
      signal: new AbortController().signal,
      onProgress: (...counts) => progress.push(counts),
    });
  t.same(await of('a', 10), { type: 'done', bytes: 10 });
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), '0123456789');
  t.same(progress.at(-1), [10, 10]);
  t.match(await of('b', 9), { type: 'failed', reason: /larger than 9 bytes/ });
  t.match(await of('a', 10), { type: 'failed', reason: /exists already/ });
});
