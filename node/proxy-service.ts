import { LRUCache } from 'lru-cache';
import type { NodeId } from '../config/node-id.ts';
import { formatHostPort, type HostPort } from '../config/host-port.ts';
import { Connector } from '../socks/connector.ts';
import { DirectDialer } from '../socks/direct/direct-dialer.ts';
import type { ConnectorMesh, ConnectorOptions } from '../socks/connector-options.ts';
import { targetText } from '../socks/host-text.ts';
import { addressChangeText, moveText, type ExitEvent } from '../socks/exits/exit-event.ts';
import { noExitText } from '../socks/exits/no-exit-text.ts';
import { ExitOutlook } from '../socks/exits/exit-outlook.ts';
import { autoRoute } from '../socks/auto-route.ts';
import type { IngressOutcome } from '../socks/ingress/ingress-connection.ts';
import type { IngressRejection } from '../socks/ingress/ingress-protocol.ts';
import { ListenError } from '../socks/ingress/listen-error.ts';
import { SocksServer } from '../socks/ingress/socks-server.ts';
import type { Scheduler } from '../socks/scheduler.ts';
import type { ExitMemory } from './pins/exit-memory.ts';
import { SiteControl } from './control/site-control.ts';
import { ExitRefusals } from './exit-refusals.ts';
import type { Logger } from './log.ts';
import { openProxyProblem } from './open-proxy.ts';
import { OwnAddresses } from './own-addresses.ts';
import { UserError } from './user-error.ts';

/** The proxy for this machine's programs, listening. */
export interface ProxyService {
  readonly address: HostPort;
  readonly connections: () => number;
  readonly sites: SiteControl;
  readonly nodesChanged: () => void;
  /** Cuts off all programs. Idempotent, never rejects. */
  readonly close: () => Promise<void>;
}

/** What a proxy is made of. */
export interface ProxyServiceOptions {
  readonly listen: HostPort;
  /** Whether programs may be told early that they are connected. */
  readonly earlyReply?: boolean;
  /** What programs must know; nothing unless told. */
  readonly password?: string | undefined;
  readonly mesh: ConnectorMesh;
  /** Where this process listens itself; read at each direct connection. */
  readonly ownPorts: () => readonly number[];
  /** Under which addresses other nodes see this one; none unless told. */
  readonly observed?: () => readonly string[];
  /** What the rules say of a target; any exit unless told. */
  readonly route?: ConnectorOptions['route'];
  /** Where sites are, and what is known of the ways there. */
  readonly memory: Pick<ExitMemory, 'pins' | 'estimates' | 'changed'>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** Opens the proxy's port. Rejects with a UserError where it can't. */
export async function openProxyService({
  listen,
  earlyReply = false,
  password,
  mesh,
  ownPorts,
  observed = () => [],
  route = autoRoute,
  memory,
  wallMs,
  scheduler,
  log,
}: ProxyServiceOptions): Promise<ProxyService> {
  const addresses = new OwnAddresses(() => scheduler.nowMs(), observed);
  const direct = new DirectDialer({ own: () => ({ addresses: addresses.get(), ports: ownPorts() }), scheduler });
  const outlook = new ExitOutlook({ estimates: memory.estimates });
  const told: Told = { addresses: new Map(), noExitMs: new LRUCache({ max: MAX_REASONS }), foreignMs: -Infinity };
  const connector = new Connector({
    mesh,
    pins: memory.pins,
    outlook,
    changed: (what) => memory.changed(what),
    openDirectly: direct.open,
    route,
    scheduler,
    wallMs,
    earlyReply,
    onExitEvent: (event, request = null) => {
      const time = { nowMs: scheduler.nowMs(), wallMs: wallMs() };
      const why = (): string =>
        request === null ? '' : ` (${noExitText(request, memory.pins, connector.exits, time)})`;
      logExitEvent(log, event, told, scheduler.nowMs(), why);
    },
  });
  const refusals = new ExitRefusals(route, (message) => log.info(message));
  const server = new SocksServer({
    connect: connector.connect,
    scheduler,
    ...(password === undefined ? {} : { password }),
    onEnd: (outcome) => {
      if (outcome.type === 'rejected') logForeign(log, outcome.why, listen, told, scheduler.nowMs());
      refusals.ended(outcome, { nowMs: scheduler.nowMs(), wallMs: wallMs() });
      logOutcome(log, outcome);
    },
  });
  try {
    const port = await server.listen(listen.host, listen.port);
    const problem = openProxyProblem({ host: listen.host, port }, password);
    if (problem !== null) log.warn(problem);
    return {
      address: { host: listen.host, port },
      connections: () => server.connections,
      sites: new SiteControl({
        pins: memory.pins,
        outlook,
        exits: () => {
          // Round trips and ways change without anybody saying so.
          connector.nodesChanged();
          return connector.exits;
        },
        route: (host) => route({ host, port: 443 }, undefined),
        nowMs: () => scheduler.nowMs(),
        wallMs,
        changed: () => memory.changed('pin'),
        refusal: (site) => refusals.last(site),
      }),
      nodesChanged: () => connector.nodesChanged(),
      close: () => {
        connector.close();
        const closed = server.close();
        direct.close();
        return closed;
      },
    };
  } catch (error) {
    connector.close();
    if (!(error instanceof ListenError)) throw error;
    throw new UserError('failed', `The proxy can't be opened: ${error.message} (socks.listen in the configuration).`, {
      cause: error,
    });
  }
}

/** How often it is said that there is no exit, in ms: programs try again and again. */
const NO_EXIT_EVERY_MS = 60_000;

/** Reasons why there was no exit that are remembered. */
const MAX_REASONS = 64;

/** How often it is said that a program speaks another language, in ms. */
const FOREIGN_EVERY_MS = 60_000;

/** What the log said last. */
interface Told {
  /** The address of each exit. */
  readonly addresses: Map<NodeId, string>;
  /** When connections failed for want of an exit, by why. */
  readonly noExitMs: LRUCache<string, number>;
  /** When a program took it for a proxy of another kind. */
  foreignMs: number;
}

/** A program with the wrong settings tries again and again. */
function logForeign(log: Logger, why: IngressRejection, { host, port }: HostPort, told: Told, nowMs: number): void {
  if ((why !== 'http' && why !== 'socks4') || nowMs - told.foreignMs < FOREIGN_EVERY_MS) return;
  told.foreignMs = nowMs;
  const language = why === 'http' ? 'HTTP' : 'SOCKS4';
  const address = formatHostPort({ host, port });
  log.warn(`a program speaks ${language} to the proxy ${address}, which is SOCKS5: set it to socks5h://${address}`);
}

/** Which sites are visited is logged at level debug only; that one had to move is what its user must be able to see. */
function logExitEvent(log: Logger, event: ExitEvent, told: Told, nowMs: number, whyNoExit: () => string): void {
  switch (event.type) {
    case 'decided':
      log.debug({ site: event.site, exit: event.exit, why: event.why }, 'exit chosen');
      return;
    case 'open':
    case 'locate':
    case 'refused':
      return;
    case 'no-exit': {
      log.debug({ site: event.site }, 'no exit for a site');
      const why = event.isAnyUp ? whyNoExit() : '';
      const isTold = nowMs - (told.noExitMs.get(why) ?? -Infinity) < NO_EXIT_EVERY_MS;
      if (isTold) return;
      told.noExitMs.set(why, nowMs);
      log.warn(
        event.isAnyUp
          ? `no exit that a site may use now is up${why}: its connections fail, nothing goes out directly instead`
          : 'no exit is up: connections fail, nothing goes out directly instead',
      );
      return;
    }
    case 'address-changed':
      // Each of its sites says so; once is enough.
      if (told.addresses.get(event.exit) !== event.to)
        log.warn(
          { exit: event.exit, from: event.from, to: event.to },
          'sites see an exit under another address than before',
        );
      told.addresses.set(event.exit, event.to);
      log.debug({ site: event.site, exit: event.exit, from: event.from, to: event.to }, addressChangeText(event));
      return;
    case 'moved':
      log.warn({ from: event.from, to: event.to, reason: event.reason }, 'a site moved to another exit');
      log.debug({ site: event.site, from: event.from, to: event.to }, moveText(event));
      return;
  }
}

function logOutcome(log: Logger, outcome: IngressOutcome): void {
  if (!log.isLevelEnabled('debug')) return;
  switch (outcome.type) {
    case 'silent':
      return;
    case 'rejected':
      log.debug({ type: outcome.type, why: outcome.why, detail: outcome.detail }, 'proxy connection');
      return;
    case 'failed':
      log.debug({ type: outcome.type, target: targetText(outcome.target), reason: outcome.reason }, 'proxy connection');
      return;
    case 'cancelled':
      log.debug({ type: outcome.type, target: targetText(outcome.target) }, 'proxy connection');
      return;
    case 'served':
      log.debug(
        { type: outcome.type, target: targetText(outcome.target), exit: outcome.exit ?? 'direct', ...outcome.totals },
        'proxy connection',
      );
      return;
  }
}
