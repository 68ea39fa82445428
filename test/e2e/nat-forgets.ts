import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { NatInternet, type NattedClient, type NattedExit } from '../fixtures/namespaces/nat-internet.ts';
import { isRemembered, whyNoNat } from '../fixtures/namespaces/nat-router.ts';

// Routers forget the direct ways between two NATs while nothing goes there (RFC 4787 section 4.3): who wants bytes after that has them soon.

t.setTimeout(240_000);
const FORGET_AFTER_S = 5;
/** Quiet connections are looked after ever more rarely: soon too rarely. */
const FORGOTTEN_WITHIN_MS = 40_000;
const LOOK_EVERY_MS = 100;
const USE_EVERY_MS = 500;
const WITHIN_MS = 2_000;
const ECHO_PORT = 7;

t.test('direct ways are forgotten while they are not used', { skip: await whyNoNat() }, async (t) => {
  const internet = await NatInternet.make(t, {
    exits: ['full-cone', 'port-restricted'],
    clients: ['port-restricted', 'symmetric'],
    forgetAfterS: FORGET_AFTER_S,
  });
  await internet.start();

  const use = async (client: NattedClient): Promise<void> => {
    const { node, programs } = client;
    const exits = internet.openableFrom(client);
    for (const { site, node: exit } of exits) await node.pin(site, exit.id);
    const held = await programs.call(
      'hold',
      exits.map(({ site }) => ({ host: site, port: ECHO_PORT })),
    );
    await untilDirect(client, exits, held);
    await Promise.all(held.map((number) => programs.call('say', number)));
    await Promise.all(exits.map((exit, index) => wake(client, exit, held[index]!)));
    await untilDirect(client, exits, held);
  };

  /** A direct way takes the place of a relay's while data flows, once it was better for a while. */
  const untilDirect = async (client: NattedClient, exits: readonly NattedExit[], held: readonly number[]) => {
    let isDirect = false;
    const using = async (): Promise<void> => {
      while (!isDirect) {
        await Promise.all(held.map((number) => client.programs.call('say', number)));
        await sleep(USE_EVERY_MS);
      }
    };
    const direct = internet.untilDirect(client, exits).finally(() => (isDirect = true));
    await Promise.all([direct, using()]);
  };

  const wake = async (client: NattedClient, exit: NattedExit, held: number): Promise<void> => {
    const pair = `${client.kind} to ${exit.kind}`;
    const { programs } = client;
    const isDirect = (): boolean =>
      isRemembered(client.router, exit.router.address) || isRemembered(exit.router, client.router.address);
    t.ok(isDirect(), `${pair}: remembered`);
    const deadlineMs = performance.now() + FORGOTTEN_WITHIN_MS;
    while (isDirect() && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
    t.notOk(isDirect(), `${pair}: forgotten`);
    const load = new MachineLoad();
    const askedMs = performance.now();
    const soon = (what: string): void => {
      const tookMs = performance.now() - askedMs;
      t.ok(tookMs < load.limit(WITHIN_MS), `${pair}: ${what} after ${Math.round(tookMs)} ms`);
    };
    await Promise.all([
      programs.call('say', held).then(() => soon('an answer on a quiet connection')),
      programs.call('fetch', [{ host: exit.site }]).then(([page]) => {
        t.same([page!.code, page!.body], [0, exit.router.address], `${pair}: the site sees the same address`);
        soon('a new connection');
      }),
    ]);
  };
  await Promise.all(internet.clients.map(use));
});
