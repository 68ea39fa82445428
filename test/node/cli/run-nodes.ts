import t from 'tap';
import { describeNodes } from '../../../node/cli/run-nodes.ts';
import type { NodeReport } from '../../../node/control/reports.ts';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn, nodeId } from '../fixtures/network.ts';
import { viewOf } from '../fixtures/recording-mesh.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('nodes, in the order of their numbers', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const args = ['nodes', '--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  node.views = [12, 3].map((id) => viewOf(nodeId(id)));
  const shown = await runCli(args);
  t.match(shown, { status: 0, stderr: '' });
  t.match(shown.stdout, /^NODE +NAME.*\n +3 +node-3 +exit DE +up +12\.5 ms +udp:\S+ +1232 B .*\n +12 +node-12 /);
  const json = await runCli([...args, '--json']);
  t.same(
    JSON.parse(json.stdout),
    [3, 12].map((id) => viewOf(nodeId(id))),
  );
  node.views = [];
  t.match(await runCli(args), { status: 0, stdout: 'No other node is known yet.\n' });
});

t.test('who is about to leave, and who says when it is back', (t) => {
  const view = { ...viewOf(nodeId(3)), publicAddresses: [], addresses: [] };
  const state = (more: Partial<NodeReport>): string => describeNodes([{ ...view, ...more }]);
  t.match(state({}), / up +12/);
  t.match(state({ draining: { leavesAtS: null } }), / up, draining +12/);
  t.match(state({ state: 'down', backInMs: 90_500 }), / down, back in 1 min 30 s /);
  t.match(state({ state: 'down' }), / down +12/);
  t.match(state({ state: 'idle' }), / idle +12/);
  t.match(state({ state: 'idle', isHeard: true }), / idle +12/);
  t.match(state({ state: 'idle', isHeard: false }), / offline +12/, 'nobody hears it');
  t.end();
});

t.test('what NAT others are behind', (t) => {
  const view = { ...viewOf(nodeId(3)), publicAddresses: [], addresses: [] };
  t.match(describeNodes([view]), / 1232 B +- +/);
  for (const natClass of ['public', 'easy', 'symmetric'] as const) {
    t.match(describeNodes([{ ...view, natClass }]), new RegExp(` 1232 B +${natClass} `));
  }
  t.end();
});

t.test('what is not known is a dash, and a name cannot disturb the terminal', (t) => {
  const view = viewOf(nodeId(3));
  const roles = { exit: false, relay: false };
  const table = describeNodes([
    {
      ...view,
      publicAddresses: [],
      addresses: [],
      name: '\u001b[2Jx',
      roles,
      country: '',
      rttMs: null,
      link: null,
      maxMessageBytes: null,
    },
  ]);
  t.match(table, / 3 {2}\?\[2Jx {2}- +up +- {2}- +- /);
  t.end();
});
