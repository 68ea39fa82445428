import t from 'tap';
import { pathReports } from '../../../node/control/path-reports.ts';
import { wayOf } from '../fixtures/recording-mesh.ts';

t.test('shares, and why a way is in use or not', async (t) => {
  const none = { bytesSent: 0, bytesSentLastMinute: 0 };
  const reports = pathReports([
    wayOf([], { bytesSent: 900, bytesSentLastMinute: 0 }),
    wayOf([4], { bytesSent: 100, bytesSentLastMinute: 50 }),
    wayOf([5], { ...none, costMs: 8.5 }),
    wayOf([6], { ...none, costMs: null, rtt: null }),
    wayOf([7], { ...none, state: 'silent' }),
    wayOf([8], { ...none, state: 'refused' }),
    wayOf([9], { ...none, state: 'unproven' }),
  ]);
  t.same(
    reports.map(({ why }) => why),
    [
      'in use',
      'costs 5.0 ms more',
      'costs 1.5 ms less; used once that is 5 ms and 10 % or more for at least 10 s',
      'not measured yet',
      'does not answer',
      'a relay says that it leads nowhere',
      'its other end has not proven its address yet',
    ],
  );
  t.same(
    reports.slice(0, 3).map(({ share, shareLastMinute }) => [share, shareLastMinute]),
    [
      [0.9, 0],
      [0.1, 1],
      [0, 0],
    ],
  );
  t.same(pathReports([]), []);
  t.match(pathReports([wayOf([], none)]), [{ share: 0, shareLastMinute: 0 }]);
  t.match(pathReports([wayOf([4])]), [{ why: 'not measured yet' }], 'none is in use');
});
