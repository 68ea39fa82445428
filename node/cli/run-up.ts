import { systemClock } from '../clock.ts';
import { compileEarly } from '../code-compilation.ts';
import { AlreadyRunningError } from '../control/single-process.ts';
import { markHeapAtOneGo } from '../garbage-collection.ts';
import { openLog, type ProcessLog } from '../log.ts';
import { runNode, type RunningNode } from '../run-node.ts';
import { parseUrls } from '../setup/parse-options.ts';
import { readConfigFile, type LoadedConfig } from '../setup/read-config-file.ts';
import { loadSocketOptions } from '../socket-options/load-socket-options.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { UserError } from '../user-error.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';
import { configPathOf, type GlobalOptions } from './global-options.ts';
import { suggest } from './own-name.ts';
import { readSoftwareVersion } from './software-version.ts';

interface UpTexts extends GlobalOptions {
  readonly server: readonly string[];
  readonly 'with-parent': boolean;
}

/** Runs the node until it is told to stop. */
export async function runUp(options: UpTexts): Promise<void> {
  // Whatever this process makes, the control socket included, is for its user only.
  process.umask(0o077);
  markHeapAtOneGo();
  compileEarly();
  const extraServers = parseUrls('--server', options.server, 'dial');
  const loaded = readConfigFile(configPathOf(options));
  const stop = untilToldToStop(options['with-parent']);
  const output = await openLog(loaded.config.logLevel, process.stdout.isTTY);
  const { log } = output;
  try {
    const { MeshNode } = await import('../../mesh/mesh-node.ts');
    const node = await runNode({
      loaded,
      extraServers,
      softwareVersion: readSoftwareVersion(),
      sodium: await loadSodium(),
      socketOptions: await loadSocketOptions(),
      clock: systemClock,
      log,
      makeMesh: (meshOptions) => new MeshNode(meshOptions),
      onLeave: () => stop.tell('drained'),
    }).catch((error: unknown) => {
      throw explain(error, loaded, options);
    });
    announce(node, loaded, output, options['with-parent']);
    log.info({ why: await stop.told }, 'stopping');
    await node.close();
    log.info('stopped');
  } finally {
    await output.flush();
    stop.done();
  }
}

function announce(node: RunningNode, { config }: LoadedConfig, { log }: ProcessLog, withParent: boolean): void {
  log.info({ id: config.id, name: config.name, listen: node.listen, socks: node.socks }, 'ready');
  if (withParent) process.send?.({ type: 'ready', listen: node.listen, socks: node.socks });
}

function explain(error: unknown, loaded: LoadedConfig, options: GlobalOptions): unknown {
  if (!(error instanceof AlreadyRunningError)) return error;
  const who = error.pid === null ? 'another process' : `process ${error.pid}`;
  const stop = error.pid === null ? '' : `, or stop it: kill ${error.pid}`;
  return new UserError(
    'failed',
    `A node runs already for ${loaded.configPath}: ${who}. Look at it: ${suggest('status', options)}${stop}`,
    { cause: error },
  );
}
