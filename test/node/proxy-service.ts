import { connect } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import type { MeshStream } from '../../mesh/mesh-stream.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { Target } from '../../mesh/session/target.ts';
import { systemClock } from '../../node/clock.ts';
import { openProxyService } from '../../node/proxy-service.ts';
import { autoRoute } from '../../socks/auto-route.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { timersOf } from '../../node/timers.ts';
import { streamPair, type PairedStream } from '../fixtures/stream-pair.ts';
import { keepingLog } from './fixtures/keeping-log.ts';
import { nodeId } from './fixtures/network.ts';
import { viewOf } from './fixtures/recording-mesh.ts';
import { takenPort } from './fixtures/taken-port.ts';

const wallMs = (): number => Date.UTC(2026, 0, 1);
const LISTEN = { host: '127.0.0.1', port: 0 };

function memory() {
  return { pins: new Pins(), estimates: new ExitEstimates(), changed: () => {} };
}

type ServiceOptions = Parameters<typeof openProxyService>[0];

/** A proxy on a free port, with a clock that runs and nothing remembered unless told. */
function openService(options: Partial<ServiceOptions> & Pick<ServiceOptions, 'mesh'>) {
  const usual = { listen: LISTEN, ownPorts: () => [], memory: memory(), wallMs };
  return openProxyService({ ...usual, scheduler: timersOf(systemClock), log: keepingLog().log, ...options });
}

/** A mesh with these exits, whose streams the test answers itself. */
function meshOf(exits: readonly NodeView[]) {
  let opened: (stream: PairedStream) => void = () => {};
  const asked = new Promise<PairedStream>((resolve) => (opened = resolve));
  const openStream = (exit: NodeView['id'], target: Target): MeshStream => {
    const { near, far } = streamPair({ target, client: nodeId(2), exit });
    opened(far);
    return near;
  };
  return { mesh: { exits: () => exits, openStream }, asked };
}

t.test('a program is connected through an exit, and cut off when the proxy closes', async (t) => {
  const { mesh, asked } = meshOf([viewOf(nodeId(3))]);
  const { log, lines } = keepingLog();
  const proxy = await openService({
    mesh,
    log,
  });
  t.ok(proxy.address.port > 0);
  const program = connect(proxy.address.port, '127.0.0.1');
  program.on('error', () => {});
  program.write(Uint8Array.of(5, 1, 0));
  await once(program, 'data');
  program.write(Uint8Array.of(5, 1, 0, 3, 7, ...Buffer.from('ab.test'), 0, 80));
  const stream = await asked;
  t.match(stream.target, { host: { type: 'name' }, port: 80 }, 'the name goes to the exit as it is');
  stream.accept({ host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 7) }, port: 1234 }, 5);
  const [reply] = (await once(program, 'data')) as [Buffer];
  t.equal(reply[1], 0);
  t.equal(proxy.connections(), 1);
  // `once` would take the reset, which is how programs are cut off, for a failure.
  const closed = new Promise((resolve) => program.on('close', resolve));
  await Promise.all([proxy.close(), proxy.close()]);
  await closed;
  t.ok(
    lines.every((line) => Number(line['level']) <= 20),
    'where programs go is logged at level debug only',
  );
});

t.test('rules are asked for each connection, and leave those that are there alone', async (t) => {
  const { mesh, asked } = meshOf([viewOf(nodeId(3))]);
  const blocked = { type: 'refused', reason: 'not-allowed', rule: 'rule 1 (suffixes ab.test)' } as const;
  let isBlocked = false;
  const proxy = await openService({
    mesh,
    route: (target, overrides) => (isBlocked ? blocked : autoRoute(target, overrides)),
  });
  const ask = async () => {
    const program = connect(proxy.address.port, '127.0.0.1');
    program.on('error', () => {});
    t.teardown(() => program.destroy());
    program.write(Uint8Array.of(5, 1, 0));
    await once(program, 'data');
    program.write(Uint8Array.of(5, 1, 0, 3, 7, ...Buffer.from('ab.test'), 0, 80));
    return program;
  };
  const first = await ask();
  const stream = await asked;
  stream.accept({ host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 7) }, port: 1234 }, 5);
  await once(first, 'data');
  isBlocked = true;
  const [refusal] = (await once(await ask(), 'data')) as [Buffer];
  t.equal(refusal[1], 2, 'not allowed by ruleset (RFC 1928 section 6)');
  t.match(proxy.sites.why('ab.test'), { rule: 'rule 1 (suffixes ab.test): blocked' });
  t.notOk(first.destroyed || stream.over, 'the first one goes on');
  await proxy.close();
});

t.test('without an exit there is no connection, and the log says why', async (t) => {
  const { mesh } = meshOf([]);
  const { log, lines } = keepingLog();
  const timers: { atMs: number; fire: () => void }[] = [];
  let nowMs = 0;
  const scheduler = {
    nowMs: () => nowMs,
    after: (delayMs: number, fire: () => void) => {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  };
  const proxy = await openService({
    mesh,
    scheduler,
    log,
  });
  const program = connect(proxy.address.port, '127.0.0.1');
  program.write(Uint8Array.of(5, 1, 0));
  await once(program, 'data');
  const waiting = timers.length;
  program.write(Uint8Array.of(5, 1, 0, 3, 7, ...Buffer.from('ab.test'), 0, 80));
  while (timers.length <= waiting) await new Promise((resolve) => setImmediate(resolve));
  const answered = once(program, 'data');
  nowMs = 60_000;
  const due = timers.toSorted((a, b) => a.atMs - b.atMs);
  for (const { fire } of due) fire();
  const [reply] = (await answered) as [Buffer];
  t.not(reply[1], 0, 'the program is told');
  t.match(
    lines.filter((line) => Number(line['level']) > 20),
    [{ level: 40, msg: /^no exit is up/ }],
    'and so is the log, in one warning',
  );
  program.destroy();
  await proxy.close();
});

t.test('the exit that a program asked for is down: the log does not say that none is up', async (t) => {
  const { mesh } = meshOf([{ ...viewOf(nodeId(3)), state: 'down' }, viewOf(nodeId(4))]);
  const { log, lines } = keepingLog();
  let nowMs = 0;
  const scheduler = { ...timersOf(systemClock), nowMs: () => nowMs };
  const options = { listen: LISTEN, mesh, ownPorts: () => [], memory: memory(), wallMs, scheduler, log };
  const proxy = await openProxyService(options);
  const warnings = () => lines.filter((line) => Number(line['level']) > 20);
  for (const [atMs, count] of [
    [0, 1],
    [59_999, 1],
    [60_000, 2],
  ] as const) {
    nowMs = atMs;
    const program = connect(proxy.address.port, '127.0.0.1');
    program.write(Uint8Array.of(5, 1, 2));
    await once(program, 'data');
    program.write(Uint8Array.of(1, 6, ...Buffer.from('exit=3'), 0));
    await once(program, 'data');
    program.write(Uint8Array.of(5, 1, 0, 3, 7, ...Buffer.from('ab.test'), 0, 80));
    const [reply] = (await once(program, 'data')) as [Buffer];
    t.equal(reply[1], 3, 'network unreachable, at once');
    t.equal(warnings().length, count, 'once a minute');
    program.destroy();
  }
  t.match(warnings()[0], {
    level: 40,
    msg: /^no exit that a site may use now is up \(asked for: exit 3, which is down\): /,
  });
  t.notMatch(JSON.stringify(warnings()), 'ab.test');
  await proxy.close();
});

t.test('a program that speaks HTTP to the proxy is told, and the log says so, once a minute', async (t) => {
  const { log, lines } = keepingLog();
  let nowMs = 0;
  const scheduler = { ...timersOf(systemClock), nowMs: () => nowMs };
  const mesh = meshOf([]).mesh;
  const proxy = await openService({
    mesh,
    scheduler,
    log,
  });
  const { port } = proxy.address;
  for (const [atMs, first, language, count] of [
    [0, 'GET http://a.test/ HTTP/1.1\r\n\r\n', 'HTTP', 1],
    [59_999, 'CONNECT a.test:443 HTTP/1.1\r\n\r\n', 'HTTP', 1],
    [60_000, '\x04\x01', 'SOCKS4', 2],
  ] as const) {
    nowMs = atMs;
    const program = connect(port, '127.0.0.1');
    program.write(first);
    const [reply] = (await once(program, 'data')) as [Buffer];
    if (language === 'HTTP') t.match(reply.toString(), `use socks5h://127.0.0.1:${port}\n`);
    program.end();
    await once(program, 'close');
    while (proxy.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
    const warnings = lines.filter((line) => Number(line['level']) > 20);
    t.equal(warnings.length, count);
    t.match(warnings.at(-1), { level: 40, msg: `speaks ${language} to the proxy 127.0.0.1` });
    t.notMatch(JSON.stringify(warnings), 'a.test');
  }
  await proxy.close();
});

t.test('directly, its own ports are its own under the address that others see, too', async (t) => {
  const { mesh } = meshOf([]);
  const proxy = await openService({
    mesh,
    ownPorts: () => [4840],
    observed: () => ['203.0.114.9'],
    route: () => ({ type: 'direct', site: '203.0.114.9', settle: null, rule: null }),
  });
  const program = connect(proxy.address.port, '127.0.0.1');
  program.write(Uint8Array.of(5, 1, 0));
  await once(program, 'data');
  program.write(Uint8Array.of(5, 1, 0, 1, 203, 0, 114, 9, 4840 >> 8, 4840 & 255));
  const [reply] = (await once(program, 'data')) as [Buffer];
  t.equal(reply[1], 2);
  program.destroy();
  await proxy.close();
});

t.test('a port that is taken is a sentence', async (t) => {
  const port = await takenPort(t);
  const { mesh } = meshOf([]);
  const opening = openService({
    listen: { host: '127.0.0.1', port },
    mesh,
  });
  await t.rejects(opening, { code: 'failed', message: /The proxy can't be opened: .*another program.*socks\.listen/ });
});

t.test('a proxy that others can use is told of when it opens', async (t) => {
  for (const [host, password, warnings] of [
    ['127.0.0.1', undefined, 0],
    ['0.0.0.0', undefined, 1],
    ['0.0.0.0', 'hunter2', 0],
  ] as const) {
    const { log, lines } = keepingLog();
    const proxy = await openService({
      listen: { host, port: 0 },
      password,
      mesh: meshOf([]).mesh,
      log,
    });
    await proxy.close();
    t.equal(lines.filter(({ msg }) => /can use the proxy/.test(String(msg))).length, warnings, host);
  }
});
