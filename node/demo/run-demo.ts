import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatTable } from '../cli/table.ts';
import { print, remark } from '../cli/output.ts';
import { ownName } from '../cli/own-name.ts';
import { shellWord } from '../cli/shell-word.ts';
import { systemClock } from '../clock.ts';
import { Closers } from '../closers.ts';
import { formatHostPort } from '../../config/host-port.ts';
import { systemRandom } from '../random.ts';
import type { SetupMeans } from '../setup/make-network.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';
import { UserError } from '../user-error.ts';
import { DemoChild } from './demo-child.ts';
import { writeDemoNetwork, type DemoNode } from './demo-network.ts';
import { openDemoPage } from './demo-page.ts';
import { meshIsUp } from './mesh-is-up.ts';

/** Ctrl-C twice is what impatience does, and the folder that is still to be deleted holds keys: the third one forces. */
const FORCED_BY = 3;
/** Another program may take a port after it was found free, and before a node listens there. */
const MAX_TRIES = 5;

/** Runs a mesh of four processes on this machine until Ctrl-C. Leaves nothing behind. */
export async function runDemo(): Promise<void> {
  process.umask(0o077);
  const stop = untilToldToStop(false, FORCED_BY);
  const closers = new Closers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'uservpn-demo-'));
    closers.add(() => rmSync(folder, { recursive: true, force: true }));
    const page = await openDemoPage();
    closers.add(() => page.close());
    print('Starting three exits and a client, each in a process of its own ...');
    const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
    const told = stop.told.then(() => 'told' as const);
    const children = await startNodes(folder, means, closers, told);
    if (children === null) return;
    await Promise.race([meshIsUp(children.at(-1)!.node.configPath, children.length - 1), told]);
    print(welcome(children, page.url));
    for (const child of children) void reportEnd(child, told);
    await told;
    print('\nStopping ...');
  } finally {
    await closers.close();
    stop.done();
  }
}

/** Starts all nodes; null where the demo was told to stop meanwhile. Throws a UserError where they can't start. */
async function startNodes(
  folder: string,
  means: SetupMeans,
  closers: Closers,
  told: Promise<'told'>,
): Promise<readonly DemoChild[] | null> {
  const program = process.argv[1] ?? '';
  for (let tries = 1; ; tries++) {
    const nodes = await writeDemoNetwork(join(folder, String(tries)), means);
    const children = nodes.map((node) => new DemoChild(program, node));
    const stopAll = async (): Promise<void> => {
      await Promise.all(children.map((child) => child.stop()));
    };
    closers.add(stopAll);
    const started = await Promise.race([Promise.all(children.map((child) => child.ready)), told]);
    if (started === 'told') return null;
    const failed = children.filter((_, index) => started[index] !== true);
    if (failed.length === 0) return children;
    const wasQuicker = failed.some(({ lastWords }) => lastWords.includes('taken by another program'));
    if (!wasQuicker || tries === MAX_TRIES) throw couldNotStart(failed);
    await stopAll();
  }
}

/** The folder goes when the demo ends, so what nobody expected must be taken out of it first. */
function couldNotStart(failed: readonly DemoChild[]): Error {
  const details = failed.map(({ node }) => readIfThere(join(dirname(node.configPath), 'errors.log'))).join('');
  if (details !== '') return new Error('a node of the demo failed', { cause: details });
  const words = failed.map(({ node, lastWords }) => `node ${node.id}: ${lastWords.replace(/^uservpn: /, '')}`);
  return new UserError('failed', `The demo could not start.\n${words.join('\n')}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A child that dies is the mesh's chance to show that it goes on. */
async function reportEnd(child: DemoChild, told: Promise<unknown>): Promise<void> {
  const end = await Promise.race([child.ended, told.then(() => null)]);
  if (end === null) return;
  const how = end.signal === null ? `with status ${end.code}` : `by ${end.signal}`;
  remark(`node ${child.node.id} (${child.node.name}) ended ${how}; the others go on`);
}

function welcome(children: readonly DemoChild[], pageUrl: string): string {
  const rows = children.map(({ node, pid }) => [String(node.id), node.name, node.does, `process ${pid}`]);
  const client = children.at(-1)!.node;
  const proxy = proxyOf(client);
  const moved = proxy.endsWith(':1080') ? '' : ' (127.0.0.1:1080 is taken)';
  const exit = children[0]!;
  return `
${formatTable(rows, [0])}

The mesh is up. Its SOCKS5 proxy is ${proxy}${moved}. Type in another terminal:

  curl -x socks5h://${proxy} ${pageUrl}
      a page of this demo, fetched through an exit; needs no internet
  curl -x socks5h://${proxy} http://example.com/
      the internet through an exit; the name is looked up there, not here
  ${ownName()} nodes --config ${shellWord(client.configPath)}
      the mesh as the client sees it; with sites in place of nodes, which site goes by which exit
  kill -9 ${exit.pid}
      the end of an exit: what was connected through it is cut off; its sites wait 30 s for it, then move; others go on

Ctrl-C ends it all.`;
}

function proxyOf(client: DemoNode): string {
  const { config } = readConfigFile(client.configPath);
  return config.socks === undefined ? '' : formatHostPort(config.socks.listen);
}
