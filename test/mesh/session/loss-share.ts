import t from 'tap';
import { LossShare } from '../../../mesh/session/loss-share.ts';

t.test('nothing lost, nothing counted', async (t) => {
  const share = new LossShare();
  t.equal(share.share, 0);
  for (let i = 0; i < 10_000; i++) share.count(1, 0);
  t.equal(share.share, 0);
  t.ok(share.packets > 1_000 && share.packets <= 2_048);
});

t.test('one early loss is a third of a percent, however few were counted', async (t) => {
  const share = new LossShare();
  share.count(1, 1);
  t.equal(share.share, 1 / 300);
  share.count(0, -1);
  t.equal(share.share, 0);
  share.count(0, -1);
  t.equal(share.share, 0, 'never below');
});

t.test('it follows the path, slowly', async (t) => {
  const share = new LossShare();
  for (let i = 0; i < 5_000; i++) share.count(1, i % 20 === 0 ? 1 : 0);
  t.ok(Math.abs(share.share - 0.05) < 0.005, `${share.share}`);
  for (let i = 0; i < 2_000; i++) share.count(1, 0);
  t.ok(share.share > 0.005 && share.share < 0.03, `${share.share}`);
  for (let i = 0; i < 10_000; i++) share.count(1, 0);
  t.ok(share.share < 0.003, `${share.share}`);
});

t.test('no more is lost than there was', async (t) => {
  const share = new LossShare();
  for (let i = 0; i < 1_000; i++) share.count(0, 5);
  share.count(400, 1_000);
  t.equal(share.share, 1);
});
