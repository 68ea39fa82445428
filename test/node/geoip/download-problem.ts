import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { explainDownloadError } from '../../../node/geoip/download-problem.ts';

t.test('in words, the one inside where there is one', async (t) => {
  const coded = (code: string): Error => Object.assign(new Error('secret words'), { code });
  t.equal(
    explainDownloadError(new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })),
    'nobody listens there',
  );
  t.equal(explainDownloadError(coded('ENOTFOUND')), 'there is no server of that name');
  t.equal(explainDownloadError(coded('ENOSPC')), 'the disk is full');
  t.equal(explainDownloadError(coded('EODD')), 'EODD');
  t.equal(explainDownloadError(new Error('the file is larger than 1 bytes')), 'the file is larger than 1 bytes');
  const failing = (bytes: readonly number[]): unknown => {
    try {
      return gunzipSync(Buffer.from(bytes));
    } catch (error) {
      return error;
    }
  };
  t.equal(explainDownloadError(failing([0x1f, 0x8b, 8])), 'the file is cut off');
  t.equal(explainDownloadError(failing([0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0])), 'the file is damaged');
});
