import t from 'tap';
import { KeyAnnouncement } from '../../../mesh/peering/key-announcement.ts';

t.test('at once, then ever more rarely', async (t) => {
  const announcement = new KeyAnnouncement();
  t.equal(announcement.wakeAtMs, Infinity);
  announcement.start(1_000);
  const times: number[] = [];
  for (let count = 0; count < 9; count++) {
    times.push(announcement.wakeAtMs);
    announcement.announced(announcement.wakeAtMs);
  }
  t.same(times, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 124_000, 184_000]);
  announcement.stop();
  t.equal(announcement.wakeAtMs, Infinity);
  announcement.announced(400_000);
  t.equal(announcement.wakeAtMs, Infinity, 'a HELLO for another reason announces nothing');
  announcement.start(500_000);
  announcement.announced(500_000);
  t.equal(announcement.wakeAtMs, 501_000, 'a newer key begins anew');
});

t.test('it is put off until the peer is heard, or told of it by the way', async (t) => {
  const announcement = new KeyAnnouncement();
  t.notOk(announcement.isPutOff);
  announcement.start(1_000);
  announcement.putOff();
  t.ok(announcement.isPutOff);
  t.equal(announcement.wakeAtMs, Infinity);
  announcement.start(5_000);
  t.notOk(announcement.isPutOff);
  t.equal(announcement.wakeAtMs, 5_000);
  announcement.putOff();
  announcement.announced(6_000);
  t.notOk(announcement.isPutOff);
  t.equal(announcement.wakeAtMs, 7_000, 'and is repeated until it is known');
  announcement.putOff();
  announcement.stop();
  t.notOk(announcement.isPutOff);
});
