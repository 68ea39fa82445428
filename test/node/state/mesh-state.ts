import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MeshState } from '../../../node/state/mesh-state.ts';

const ME = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

t.test('what a node saved it gets again, and no other node does', (t) => {
  const folder = t.testdir();
  t.same(new MeshState(folder, ME).load(1), { saved: undefined, warning: null });
  new MeshState(folder, ME).save({ incarnation: 5 });
  t.same(new MeshState(folder, ME).load(1), { saved: { incarnation: 5 }, warning: null });
  t.match(new MeshState(folder, OTHER).load(2), {
    saved: undefined,
    warning: /another node; it is kept as .*mesh\.json\.other-2$/,
  });
  t.same(readdirSync(folder), ['mesh.json.other-2']);
  t.end();
});

t.test('damaged state is nothing, and kept', (t) => {
  for (const [text, name] of [
    ['{"version":1', 'mesh.json.damaged-3'],
    ['[]', 'mesh.json.other-3'],
    ['{"version":2,"identity":"x","mesh":1}', 'mesh.json.other-3'],
  ] as const) {
    const folder = t.testdir();
    writeFileSync(join(folder, 'mesh.json'), text);
    t.equal(new MeshState(folder, ME).load(3).saved, undefined);
    t.same(readdirSync(folder), [name]);
  }
  t.end();
});
