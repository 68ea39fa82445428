import t from 'tap';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { addNattedHost, type NatKind, type NattedHost, whyNoNat } from '../fixtures/namespaces/nat-router.ts';
import { type DatagramProgram, startDatagramProgram } from '../fixtures/programs/start-programs.ts';

// The NATs of other tests are what they are said to be: what plain UDP sockets see of them.

t.setTimeout(240_000);
t.jobs = 3;
const PORT = 4840;
const OTHER_PORT = 4841;
const KNOWN = '11.0.0.1';
const STRANGER = '11.0.0.3';
/** What is sent by a link of this delay arrives after all that was sent before on others. */
const LATE_MS = 100;
const skip = await whyNoNat();

const KINDS: readonly { readonly kind: NatKind; readonly hasOnePort: boolean; readonly letsIn: readonly string[] }[] = [
  { kind: 'full-cone', hasOnePort: true, letsIn: ['a stranger', 'another port', 'the known one'] },
  { kind: 'port-restricted', hasOnePort: true, letsIn: ['the known one'] },
  { kind: 'symmetric', hasOnePort: false, letsIn: ['the known one'] },
];

for (const { kind, hasOnePort, letsIn } of KINDS) {
  t.test(kind, { skip, buffered: true }, async (t) => {
    const network = EmulatedNetwork.start(t, kind);
    const inside = await addNattedHost(network, 'inside', '11.0.5.1', kind);
    const [known, stranger] = [await network.addHost('known', [KNOWN]), await network.addHost('stranger', [STRANGER])];
    await network.link(KNOWN, inside.router.address, { delayMs: LATE_MS });
    const [own, atKnown, atOtherPort, atStranger] = await Promise.all([
      startDatagramProgram(inside.namespace, PORT),
      startDatagramProgram(known.namespace, PORT),
      startDatagramProgram(known.namespace, OTHER_PORT),
      startDatagramProgram(stranger.namespace, PORT),
    ]);
    await own.call('send', { address: KNOWN, port: PORT, text: 'hello' });
    const { address, port } = await atKnown.call('received', 'hello');
    t.equal(address, inside.router.address, 'others see the address of the router');
    t.equal(port === PORT, hasOnePort, `and the port ${port}`);

    await atStranger.call('send', { address, port, text: 'a stranger' });
    await network.link(KNOWN, inside.router.address, { delayMs: 0 });
    await atOtherPort.call('send', { address, port, text: 'another port' });
    await network.link(KNOWN, inside.router.address, { delayMs: LATE_MS });
    await atKnown.call('send', { address, port, text: 'the known one' });
    await own.call('received', 'the known one');
    t.same(await own.call('texts'), letsIn, 'who gets in');

    await own.call('send', { address: STRANGER, port: PORT, text: 'and you' });
    const seen = await atStranger.call('received', 'and you');
    t.equal(seen.port === port, hasOnePort, `another server sees the port ${seen.port}`);
  });
}

/** Both send to where a server sees the other, as punching does: whether one of the messages gets in. */
const PAIRS = [
  { kinds: ['full-cone', 'symmetric'], isOpened: true },
  { kinds: ['port-restricted', 'port-restricted'], isOpened: true },
  { kinds: ['symmetric', 'port-restricted'], isOpened: false },
  { kinds: ['symmetric', 'symmetric'], isOpened: false },
] as const;

for (const { kinds, isOpened } of PAIRS) {
  t.test(`${kinds[0]} and ${kinds[1]}`, { skip, buffered: true }, async (t) => {
    const network = EmulatedNetwork.start(t, kinds.join());
    const server = await network.addHost('server', [KNOWN]);
    const atServer = await startDatagramProgram(server.namespace, PORT);
    const sides = await Promise.all(
      kinds.map((kind, index) => side(network, atServer, `side-${index}`, kind, index + 1)),
    );
    // Two rounds: what comes first finds nobody at home, and must spoil nothing.
    for (const text of ['first', 'second']) {
      for (const [index, { program }] of sides.entries()) {
        const { address, port } = sides[1 - index]!.seen;
        await program.call('send', { address, port, text });
      }
    }
    for (const { host, program, seen } of sides) {
      await network.link(KNOWN, host.router.address, { delayMs: LATE_MS });
      await atServer.call('send', { address: seen.address, port: seen.port, text: 'end' });
      await program.call('received', 'end');
    }
    const counts = await Promise.all(sides.map(async ({ program }) => (await program.call('texts')).length - 1));
    t.equal(
      counts.some((count) => count > 0),
      isOpened,
      `got in: ${counts.join(' and ')}`,
    );
  });
}

async function side(network: EmulatedNetwork, atServer: DatagramProgram, name: string, kind: NatKind, index: number) {
  const host: NattedHost = await addNattedHost(network, name, `11.0.5.${index}`, kind);
  const program = await startDatagramProgram(host.namespace, PORT);
  await program.call('send', { address: KNOWN, port: PORT, text: name });
  return { host, program, seen: await atServer.call('received', name) };
}
