import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// Two exits are gone at the same time: one was killed, the other's cable is out. The third is left.

t.setTimeout(240_000);
const RESET_WITHIN_MS = 8_000;
/** A site waits so long for its exit to come back, and a connection so long at most. */
const SUSPENDED_MS = 30_000;
const PATIENCE_MS = 5_000;
const ASK_EVERY_MS = 100;
const NETWORK_UNREACHABLE = 3;
const skip = await whyNoNamespaces();

t.test('an exit that is gone for good: its sites move once, and stay', { skip }, async (t) => {
  const internet = await ExitInternet.make(t, { seed: 'gone' });
  const { client, exits, network, programs } = internet;
  const [killed, cutOff, left] = exits;
  const [alpha, beta, gamma] = SITES;
  await internet.start();
  for (const [index, host] of SITES.entries()) t.equal(await internet.addressAt(host), exits[index]!.host.address);
  const held = await programs.call(
    'hold',
    SITES.map((host) => ({ host, path: '/drip' })),
  );

  const load = new MachineLoad();
  const goneMs = performance.now();
  await Promise.all([killed.stop('SIGKILL'), network.link(client.host.address, cutOff.host.address, {}, false)]);
  for (const number of held.slice(0, 2)) {
    t.match(await programs.call('heldEnded', number), { ended: 'ECONNRESET' }, 'its connections are reset');
  }
  const resetMs = performance.now() - goneMs;
  t.ok(resetMs < load.limit(RESET_WITHIN_MS), `within ${RESET_WITHIN_MS} ms: ${Math.round(resetMs)} ms`);

  t.equal(await internet.addressAt(gamma), left.host.address, "the other exit's site goes on");
  const [toNew] = await programs.call('fetch', [{ host: '11.0.2.1' }]);
  t.match(toNew, { code: 0, body: left.host.address }, 'and a site that is new is reached');
  const refused = await programs.call('fetch', [{ host: alpha }, { host: beta }]);
  for (const { code, repliedMs } of refused) {
    t.equal(code, NETWORK_UNREACHABLE, 'a site whose exit is away is refused meanwhile');
    t.ok(repliedMs < load.limit(PATIENCE_MS + 2_000), `after ${Math.round(repliedMs)} ms`);
  }
  t.same(client.logged('a site moved to another exit'), [], 'nothing has moved yet');

  // Each asks again and again, as a browser does.
  const moved = await Promise.all([alpha, beta].map(untilReached));
  for (const { address, afterMs } of moved) {
    t.equal(address, left.host.address, 'then it is reached from the exit that is left');
    t.ok(afterMs > SUSPENDED_MS - 1_000, `not before its exit had its time: ${Math.round(afterMs)} ms`);
    t.ok(afterMs < SUSPENDED_MS + load.limit(2 * PATIENCE_MS), 'and soon then');
  }
  const events = client.logged('a site moved to another exit');
  const bySource = events.toSorted((a, b) => Number(a['from']) - Number(b['from']));
  t.match(
    bySource,
    [
      { from: 1, to: 3, reason: 'exit-gone' },
      { from: 2, to: 3, reason: 'exit-gone' },
    ],
    'the log says so, once each',
  );
  t.equal(events.length, 2);

  await Promise.all([killed.start(), network.link(client.host.address, cutOff.host.address, {}, true)]);
  await client.untilUp(1, 2, 3);
  for (const [index, host] of [alpha, beta].entries()) {
    t.equal(await internet.addressAt(host), left.host.address, 'an exit that returns takes nothing back');
    const { pin } = await client.why(host);
    t.match(pin, { exit: 3, moves: [{ from: index + 1, to: 3, reason: 'exit-gone' }] }, '`why` tells of the move');
    t.equal(pin?.moves.length, 1);
  }
  t.equal(client.logged('a site moved to another exit').length, 2, 'no further moves');
  t.match(await programs.call('held', held[2]!), { ended: null }, "the other exit's connection was open all the time");

  t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  t.same(await internet.clientsQuestions(), [], 'no name was asked for there');

  async function untilReached(host: string): Promise<{ readonly address: string; readonly afterMs: number }> {
    for (;;) {
      const [fetched] = await programs.call('fetch', [{ host }]);
      const afterMs = performance.now() - goneMs;
      if (fetched?.code === 0) return { address: fetched.body, afterMs };
      if (afterMs > 3 * SUSPENDED_MS) throw new Error(`${host} was not reached any more`);
      await sleep(ASK_EVERY_MS);
    }
  }
});
