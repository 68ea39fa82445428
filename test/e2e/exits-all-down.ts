import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// No exit is left, over TCP this time. The client's machine could reach the sites and a resolver by itself.

t.setTimeout(240_000);
const NETWORK_UNREACHABLE = 3;
const AT_ONCE_MS = 500;
/** So long a connection waits at most for an exit that was never heard of, and so long all of them do after the start. */
const PATIENCE_MS = 7_000;
const FIRST_SIGN_MS = 10_500;
/** After so long an exit that says nothing is dead. */
const DEAD_WITHIN_MS = 8_000;
const skip = await whyNoNamespaces();

/** Known sites, an unknown one, names that do not exist, addresses, and what means the machine itself. */
const TARGETS = [
  ...SITES.map((host) => ({ host })),
  { host: 'new.delta.example' },
  { host: 'no-such-name.example' },
  { host: '11.0.2.2' },
  { host: '11.0.2.3', port: 443 },
  { host: 'printer.local' },
  { host: '11.0.2.1', port: 53 },
];

t.test('without exits every connection fails at once', { skip }, async (t) => {
  const internet = await ExitInternet.make(t, { seed: 'down', transport: 'tcp' });
  const { client, exits, programs } = internet;
  const load = new MachineLoad();
  await client.start();
  const startedMs = performance.now();
  const [early] = await programs.call('fetch', [{ host: SITES[0] }]);
  t.equal(
    early?.code,
    NETWORK_UNREACHABLE,
    `none has ever been there: refused after ${Math.round(early!.repliedMs)} ms`,
  );
  t.ok(early!.repliedMs < load.limit(PATIENCE_MS));
  await sleep(Math.max(0, startedMs + FIRST_SIGN_MS - performance.now()));
  const [later] = await programs.call('fetch', [{ host: SITES[0] }]);
  t.equal(later?.code, NETWORK_UNREACHABLE);
  t.ok(later!.repliedMs < load.limit(AT_ONCE_MS), `a while later at once: in ${Math.round(later!.repliedMs)} ms`);

  await Promise.all(exits.map((exit) => exit.start()));
  await client.untilUp(1, 2, 3);
  const addresses = exits.map(({ host }) => host.address);
  t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), addresses, 'all is well');

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const held = await programs.call(
      'hold',
      SITES.map((host) => ({ host, path: '/drip' })),
    );
    for (const number of held) t.match(await programs.call('held', number), { ended: null }, `${signal}: open before`);
    const goneMs = performance.now();
    await Promise.all(exits.map((exit) => exit.stop(signal)));
    for (const number of held) t.match(await programs.call('heldEnded', number), { ended: 'ECONNRESET' });
    t.ok(performance.now() - goneMs < load.limit(DEAD_WITHIN_MS), `${signal}: all streams are reset`);
    const refused = await programs.call('fetch', TARGETS);
    t.same(
      refused.map(({ code }) => code),
      TARGETS.map(() => NETWORK_UNREACHABLE),
      `${signal}: all are refused`,
    );
    const slowest = Math.max(...refused.map(({ repliedMs }) => repliedMs));
    t.ok(slowest < load.limit(AT_ONCE_MS), `${signal}: at once, in ${Math.round(slowest)} ms`);

    await Promise.all(exits.map((exit) => exit.start()));
    await client.untilUp(1, 2, 3);
    t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), addresses, 'all is as it was');
  }
  t.ok(
    client.log.some(({ msg }) => String(msg).startsWith('no exit is up')),
    'the log says why',
  );

  t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  t.same(await internet.clientsQuestions(), [], 'no name was asked for there');
  const { body } = await programs.call('direct', { host: '11.0.2.1' });
  t.equal(body, client.host.address, 'though sites would have answered it');
  t.same(await internet.strayTraffic(), ['protocol 6 to 11.0.2.1 port 80'], 'as the count shows');
});
