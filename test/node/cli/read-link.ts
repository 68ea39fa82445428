import { Readable } from 'node:stream';
import t from 'tap';
import { readLink } from '../../../node/cli/read-link.ts';

t.test('a pipe is read to its end, a terminal to the end of the line', async (t) => {
  const parts = ['\n', 'uservpn://jo', 'in/AB\n', 'CD\n'];
  t.equal(await readLink(Readable.from(parts), false), 'uservpn://join/AB\nCD');
  t.equal(await readLink(Readable.from(parts), true), 'uservpn://join/AB');
  t.equal(await readLink(Readable.from([]), true), '');
});

t.test('endless input is not kept', async (t) => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield 'x'.repeat(1_000);
    })(),
  );
  await t.rejects(readLink(endless, false), { code: 'usage' });
});
