import type { KnownServer } from '../../config/config.ts';
import { formatEndpoint } from '../../config/endpoint.ts';
import type { Credential } from '../../mesh/gossip/credential.ts';
import { systemClock } from '../clock.ts';
import { WHY_NO_ANSWER } from '../company.ts';
import { nodeReportSchema, statusReportSchema, type NodeReport, type StatusReport } from '../control/reports.ts';
import { checkRules } from '../rules/check-rules.ts';
import { checkClock, checkPorts, checkProxy, type Finding } from '../setup/check-machine.ts';
import { requireCredential } from '../setup/own-credential.ts';
import { readConfigFile, type LoadedConfig } from '../setup/read-config-file.ts';
import { loadSocketOptions } from '../socket-options/load-socket-options.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { UserError } from '../user-error.ts';
import { formatRtt } from './amounts.ts';
import { NodeHangsError, tryAskNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { suggest } from './own-name.ts';
import { rolesText } from './roles-text.ts';
import { describeSuperseded } from './run-status.ts';
import { formatTable } from './table.ts';

/** For so long after its start a node may still be getting through to others, in s. */
const START_S = 10;

/** Looks for what would keep this node from working; fails where something would. */
export async function runCheck(options: GlobalOptions & JsonOption): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const sodium = await loadSodium();
  const credential = requireCredential(sodium, loaded);
  const findings: Finding[] = [
    { what: 'configuration', result: 'ok', message: loaded.configPath },
    { what: 'this node', result: 'ok', message: describe(loaded, credential) },
    { what: 'cryptography', result: 'ok', message: sodium.name },
    { what: 'socket options', result: 'ok', message: (await loadSocketOptions())?.name ?? 'none' },
    checkClock(systemClock.wallMs()),
    ...checkProxy(loaded),
    ...(await checkRules(loaded)),
    ...(await checkRunning(loaded, options).catch(hangs)),
  ];
  if (options.json) printJson(findings);
  else print(formatTable(findings.map(({ what, result, message }) => [mark(result), what, message])));
  const failed = findings.filter(({ result }) => result === 'failed').length;
  if (failed > 0) throw new UserError('failed', `${failed} of ${findings.length} checks failed; see above.`);
}

function describe({ config }: LoadedConfig, { certificate }: Credential): string {
  return `node ${config.id}, "${config.name}"${rolesText(certificate.roles)}`;
}

function mark(result: Finding['result']): string {
  switch (result) {
    case 'ok':
      return 'ok';
    case 'warning':
      return 'look';
    case 'failed':
      return 'FAIL';
  }
}

/** Ports can be tried only while no node holds them; whom it reaches only a running node knows. */
async function checkRunning(loaded: LoadedConfig, options: GlobalOptions): Promise<Finding[]> {
  let status: StatusReport | null = null;
  const running = await tryAskNode(loaded, { do: 'status' }, statusReportSchema, (item) => (status = item));
  if (!running) {
    const message = `not running; to see whether it reaches others, start it: ${suggest('up', options)}`;
    return [...(await checkPorts(loaded)), { what: 'node', result: 'warning', message }];
  }
  const nodes: NodeReport[] = [];
  await tryAskNode(loaded, { do: 'nodes' }, nodeReportSchema, (node) => nodes.push(node));
  const known = nodes.filter((node) => node.addresses.length > 0);
  const strangers = loaded.config.servers.filter(({ id }) => !known.some((node) => node.id === id));
  return [
    describeRunning(status),
    ...copied(status),
    ...known.map(reachability),
    ...strangers.map(unanswered),
    ...nobody(status, known),
  ];
}

/** A node that hangs is what a check finds, not what ends it. */
function hangs(error: unknown): Finding[] {
  if (!(error instanceof NodeHangsError)) throw error;
  return [{ what: 'node', result: 'failed', message: error.message }];
}

/** A server of the configuration that never introduced itself. */
function unanswered({ id, addresses }: KnownServer): Finding {
  const where = addresses.map(formatEndpoint).join(', ');
  return { what: `node ${id}`, result: 'failed', message: `never answered at ${where}: ${WHY_NO_ANSWER}` };
}

/** One that is away may have been switched off; where all are, this node is what has trouble. */
function nobody(status: StatusReport | null, known: readonly NodeReport[]): Finding[] {
  const isNew = (status?.upSeconds ?? 0) < START_S;
  const isAlone = known.every(({ state }) => state === 'down' || (state === 'connecting' && !isNew));
  if (known.length === 0 || !isAlone) return [];
  return [{ what: 'network', result: 'failed', message: `no other node answers: ${WHY_NO_ANSWER}` }];
}

function describeRunning(status: StatusReport | null): Finding {
  return { what: 'node', result: 'ok', message: status === null ? 'running' : `running as process ${status.pid}` };
}

function copied(status: StatusReport | null): Finding[] {
  if (status === null || status.superseded === null) return [];
  const [word, text] = describeSuperseded(status.id, status.superseded);
  const result = status.superseded.isCertain ? 'failed' : 'warning';
  return [{ what: 'this node', result, message: `${word}: ${text}` }];
}

function reachability(node: NodeReport): Finding {
  const what = `node ${node.id}`;
  switch (node.state) {
    case 'up':
      return { what, result: 'ok', message: `"${node.name}" answers in ${formatRtt(node.rttMs)}` };
    case 'idle':
      return { what, result: 'ok', message: `"${node.name}" is known; nothing needs it now` };
    case 'suspect':
    case 'connecting':
      return { what, result: 'warning', message: `"${node.name}" has not answered yet` };
    case 'down':
      return { what, result: 'warning', message: `"${node.name}" does not answer at ${node.addresses.join(', ')}` };
  }
}
