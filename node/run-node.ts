import { formatEndpoint } from '../config/endpoint.ts';
import { formatHostPort } from '../config/host-port.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import { createTransports } from '../transports/registry.ts';
import type { SocketOptions } from '../transports/socket-options.ts';
import type { Listener } from '../transports/transport.ts';
import { watchForCompany } from './company.ts';
import { Closers } from './closers.ts';
import { controlHandler, type ControlledNode } from './control/node-control.ts';
import { PathSurveyor } from './control/path-surveyor.ts';
import { Pinger } from './control/pinger.ts';
import { SingleProcess } from './control/single-process.ts';
import { wait } from './control/wait.ts';
import { Drainer } from './drainer.ts';
import { makeExitService } from './exit-service.ts';
import { geoDatabasePath } from './geoip/geo-database-path.ts';
import { GeoService } from './geoip/geo-service.ts';
import type { Logger } from './log.ts';
import { localAddresses } from './local-addresses.ts';
import { listenOn, withoutCovered } from './listen-on.ts';
import { MeshWiring } from './mesh-wiring.ts';
import { ExitMemory } from './pins/exit-memory.ts';
import { openProxyService, type ProxyService } from './proxy-service.ts';
import { systemRandom } from './random.ts';
import { admitSigned, restoreMesh, type RestoreMeshOptions } from './restore-mesh.ts';
import { RulesService } from './rules/rules-service.ts';
import { requireCredential } from './setup/own-credential.ts';
import { MeshState } from './state/mesh-state.ts';
import { Saver } from './state/saver.ts';
import { timersOf } from './timers.ts';
import type { WiredMesh } from './wired-mesh.ts';

/** How soon after other nodes changed the state is on the disk, in ms. */
const SAVE_NODES_WITHIN_MS = 60_000;
/** How soon what is used once only is (PROTOCOL section 2): many nodes that come at a time are one save, off their way. */
const SAVE_NUMBERS_WITHIN_MS = 500;

/** How long goodbyes get to leave, in ms. */
const GOODBYE_MS = 50;

/** What a node is run with. */
export interface RunNodeOptions extends RestoreMeshOptions {
  /** Null where the machine offers none. */
  readonly socketOptions: SocketOptions | null;
  /** The time has come to stop that the node was told in advance: it is to be closed. */
  readonly onLeave?: () => void;
}

/** A node that runs. */
export interface RunningNode {
  readonly listen: readonly string[];
  /** The proxy's address, or null where there is none. */
  readonly socks: string | null;
  /**
   * Says goodbye, saves, and leaves nothing behind. Idempotent, never rejects. `backInS`: within how many seconds the node
   * will be there again, so that sites wait for it; without, what `drain` was told.
   */
  close(backInS?: number): Promise<void>;
}

/** Starts a node from its configuration. Rejects with a UserError, having closed what it had opened. */
export async function runNode(options: RunNodeOptions): Promise<RunningNode> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(options: RunNodeOptions, closers: Closers): Promise<RunningNode> {
  const { loaded, clock, log, sodium } = options;
  const { config } = loaded;
  const { roles } = requireCredential(sodium, loaded).certificate;
  let controlled: ControlledNode | null = null;
  const single = await SingleProcess.acquire(
    loaded.stateFolder,
    controlHandler(() => controlled),
  );
  closers.add(() => single.close());

  const state = new MeshState(loaded.stateFolder, sodium.signKeyPair(config.identity).publicKey);
  const mesh = restoreMesh(options, state);
  const saver = new Saver(() => save(state, mesh, log));
  // The new incarnation must be on the disk before anybody hears of it (PROTOCOL §2).
  state.save(mesh.persisted());
  closers.add(() => saver.now());

  const transports = createTransports({
    measure: (bytes, offset) => mesh.measure(bytes, offset),
    random: systemRandom,
    socketOptions: options.socketOptions,
  });
  const scheduler = timersOf(clock);
  const listeners: Listener[] = [];
  let proxy: ProxyService | null = null;
  const ownPorts = (): number[] => [
    ...listeners.map(({ endpoint }) => endpoint.port),
    ...config.advertise.map(({ port }) => port),
    ...(proxy === null ? [] : [proxy.address.port]),
  ];
  const geo = new GeoService({
    databasePath: geoDatabasePath(loaded),
    nowMs: () => clock.nowMs(),
    onProblem: (message) => log.warn(message),
  });
  const observed = (): readonly string[] => wiring.own.publicAddresses;
  const locate = geo.locate.bind(geo);
  const exit = roles.exit
    ? makeExitService({ settings: config.exit, ownPorts, observed, scheduler, log, locate })
    : null;
  const pinger = new Pinger((peer) => wiring.ping(peer));
  const wiring = new MeshWiring({
    mesh,
    clock,
    log,
    transports,
    localAddresses,
    onStream: (stream) => (exit === null ? refuse(stream) : exit.accept(stream)),
    onNodesChanged: () => {
      saver.ask(SAVE_NODES_WITHIN_MS);
      proxy?.nodesChanged();
    },
    onPong: (peer, rttMs) => pinger.pong(peer, rttMs),
    onOob: () => {}, // this version has no topics of its own
    onPersist: () => saver.ask(SAVE_NUMBERS_WITHIN_MS),
    onBegunAnew: () => saver.now(),
  });
  closers.add(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  });
  for (const endpoint of withoutCovered(config.listen)) listeners.push(await listenOn(transports, endpoint, wiring));
  const drainer = new Drainer({
    setDraining: (draining) => wiring.setDraining(draining),
    leave: () => options.onLeave?.(),
    scheduler,
    wallMs: () => clock.wallMs(),
  });
  let backInS: number | null = null;
  closers.add(async () => {
    drainer.close();
    wiring.close(backInS ?? drainer.backInS);
    await new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
  });
  closers.add(() => exit?.close());
  if (config.socks !== undefined) {
    const exits = () => wiring.nodes().filter((view) => view.roles.exit && view.id !== config.id);
    const openStream = wiring.openStream.bind(wiring);
    const memory = new ExitMemory({
      stateFolder: loaded.stateFolder,
      persist: config.pins?.persist ?? true,
      ...(config.pins?.idle === undefined ? {} : { idleMs: config.pins.idle * 1000 }),
      wallMs: () => clock.wallMs(),
      onProblem: (message) => log.warn(message),
    });
    closers.add(() => memory.close());
    const rules = await RulesService.open({ loaded, random: systemRandom, scheduler, log });
    closers.add(() => rules.close());
    proxy = await openProxyService({
      listen: config.socks.listen,
      earlyReply: config.socks.earlyReply ?? false,
      password: config.socks.password,
      mesh: { exits, openStream },
      ownPorts,
      observed,
      route: rules.route,
      memory,
      wallMs: () => clock.wallMs(),
      scheduler,
      log,
    });
    closers.add(proxy.close);
  }
  const addresses = listeners.map(({ endpoint }) => formatEndpoint(endpoint));
  const socks = proxy === null ? null : formatHostPort(proxy.address);
  const startedMs = clock.nowMs();
  controlled = {
    id: config.id,
    pinger,
    surveyor: new PathSurveyor(wiring, wait),
    nodes: () => wiring.nodes(),
    sites: proxy?.sites ?? null,
    admit: (document, kind) => wiring.admit(document, kind),
    drain: (leaving) => {
      if (leaving === null) drainer.takeBack();
      else drainer.start(leaving);
      log.info(leaving ?? {}, leaving === null ? 'draining no longer' : 'draining: new sites go elsewhere');
      const { draining } = wiring.own;
      return { draining: draining !== null, leavesAtS: draining?.leavesAtS ?? null, streams: exit?.streams ?? 0 };
    },
    status: () => {
      const nodes = wiring.nodes();
      return {
        pid: process.pid,
        softwareVersion: options.softwareVersion,
        id: config.id,
        name: config.name,
        exit: roles.exit,
        relay: roles.relay,
        upSeconds: (clock.nowMs() - startedMs) / 1000,
        sodium: sodium.name,
        socketOptions: options.socketOptions?.name ?? 'none',
        listen: addresses,
        draining: wiring.own.draining,
        superseded: wiring.own.superseded,
        publicAddresses: [...wiring.own.publicAddresses],
        natClass: wiring.own.natClass,
        socks,
        socksConnections: proxy?.connections() ?? 0,
        exitStreams: exit?.streams ?? 0,
        relayed: wiring.relayed,
        nodesKnown: nodes.length,
        nodesUp: nodes.filter((view) => view.state === 'up').length,
        nodesIdle: nodes.filter((view) => view.state === 'idle' && view.isHeard !== false).length,
        memoryBytes: process.memoryUsage.rss(),
      };
    },
  };
  wiring.start();
  const servers = config.servers.length + options.extraServers.length;
  const stopWatching = watchForCompany(
    scheduler,
    servers,
    () => wiring.nodes(),
    (message) => log.warn(message),
  );
  closers.add(stopWatching);
  admitSigned(loaded, clock.wallMs(), wiring);
  return {
    listen: addresses,
    socks,
    close: (seconds) => {
      backInS ??= seconds ?? null;
      return closers.close();
    },
  };
}

function refuse(stream: MeshStream): void {
  stream.onEvent = () => {};
  stream.refuse('not-an-exit');
}

/** A full disk does not stop a node that runs; it says so each time. */
function save(state: MeshState, mesh: WiredMesh, log: Logger): void {
  try {
    state.save(mesh.persisted());
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
  }
}
