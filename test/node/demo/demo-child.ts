import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DemoChild } from '../../../node/demo/demo-child.ts';
import { nodeId } from '../fixtures/network.ts';

const NODE = { id: nodeId(1), name: 'amber', does: 'nothing', configPath: '/nowhere/uservpn.yaml' };

/** A program that does this instead of being a node. */
function program(folder: string, script: string): string {
  const path = join(folder, 'program.mjs');
  writeFileSync(path, script);
  return path;
}

t.test('a child says when it is ready, and ends when told', async (t) => {
  const child = new DemoChild(
    program(
      t.testdir(),
      // The interval keeps it: a child with nothing to do would end by itself, and be killed while it does.
      `setInterval(() => {}, 60_000);
       process.on('SIGTERM', () => process.exit(0));
       if (process.argv.slice(2).join(' ') !== 'up --config /nowhere/uservpn.yaml --with-parent') process.exit(3);
       process.send('ready');`,
    ),
    NODE,
  );
  t.equal(await child.ready, true);
  t.type(child.pid, 'number');
  await child.stop();
  t.same(await child.ended, { code: 0, signal: null });
});

t.test('one that cannot start is heard out', async (t) => {
  const script = "process.stderr.write('uservpn: The port is taken.\\n'); process.exitCode = 1;";
  const child = new DemoChild(program(t.testdir(), script), NODE);
  t.equal(await child.ready, false);
  t.match(await child.ended, { code: 1 });
  t.equal(child.lastWords, 'uservpn: The port is taken.');
  await child.stop();
});
