import { createServer } from 'node:net';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import { createTransports } from '../../transports/registry.ts';
import type { LinkHandler } from '../../transports/transport.ts';
import { listenOn } from '../listen-on.ts';
import { openProxyProblem } from '../open-proxy.ts';
import { systemRandom } from '../random.ts';
import { explainSystemError, UserError } from '../user-error.ts';
import type { LoadedConfig } from './read-config-file.ts';

/** One thing that was looked at. `warning` does not keep the node from working. */
export interface Finding {
  readonly what: string;
  readonly result: 'ok' | 'warning' | 'failed';
  readonly message: string;
}

/** This program did not exist before, so a clock that shows an earlier time is wrong. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** Judges the wall clock, which invites and key changes depend on. */
export function checkClock(wallMs: number): Finding {
  const shown = `${new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (wallMs >= EARLIEST_MS && wallMs < LATEST_MS) return { what: 'clock', result: 'ok', message: shown };
  return { what: 'clock', result: 'failed', message: `it shows ${shown}, which can't be; set it` };
}

/** Whether others may use the proxy by mistake. Nothing where there is none. */
export function checkProxy({ config: { socks } }: LoadedConfig): Finding[] {
  const message = socks === undefined ? null : openProxyProblem(socks.listen, socks.password);
  return message === null ? [] : [{ what: 'proxy', result: 'warning', message }];
}

/** Tries to listen where the configuration says, and stops at once. Not to be called while the node runs. */
export async function checkPorts({ config }: LoadedConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  const transports = createTransports({ measure: () => 0, random: systemRandom });
  for (const endpoint of config.listen) {
    const what = `${endpoint.transport} port`;
    try {
      const listener = await listenOn(transports, endpoint, DEAF);
      findings.push({ what, result: 'ok', message: `${formatHostPort(endpoint)} is free` });
      await listener.close();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      findings.push({ what, result: 'failed', message: error.message });
    }
  }
  if (config.socks !== undefined) findings.push(await checkProxyPort(config.socks.listen));
  return findings;
}

const DEAF: LinkHandler = { received: () => {}, writable: () => {}, closed: () => {} };

function checkProxyPort(address: HostPort): Promise<Finding> {
  const what = 'proxy port';
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => {
      const message = `${formatHostPort(address)}: ${explainSystemError(error)}; choose another one under socks.listen`;
      resolve({ what, result: 'failed', message });
    });
    server.listen(address.port, address.host, () => {
      server.close(() => resolve({ what, result: 'ok', message: `${formatHostPort(address)} is free` }));
    });
  });
}
