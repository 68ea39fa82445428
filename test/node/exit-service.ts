import t from 'tap';
import type { ExitSettings } from '../../config/config.ts';
import type { StreamEvent } from '../../mesh/mesh-stream.ts';
import { systemClock } from '../../node/clock.ts';
import { makeExitService } from '../../node/exit-service.ts';
import { timersOf } from '../../node/timers.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import { keepingLog } from './fixtures/keeping-log.ts';
import { nodeId } from './fixtures/network.ts';
import { takenPort } from './fixtures/taken-port.ts';

const ALLOWING: ExitSettings = { allowPrivate: true, allowPorts: [], maxStreamsPerClient: 8 };

/** Asks an exit for a port, on loopback unless told; returns what it answered. */
async function ask(
  settings: ExitSettings,
  port: number,
  ownPorts: readonly number[] = [],
  { address = '127.0.0.1', observed = [] }: { readonly address?: string; readonly observed?: readonly string[] } = {},
) {
  const { log, lines } = keepingLog();
  const exit = makeExitService({
    settings,
    ownPorts: () => ownPorts,
    observed: () => observed,
    scheduler: timersOf(systemClock),
    log,
  });
  const host = { type: 'ip', bytes: Uint8Array.from(address.split('.').map(Number)) } as const;
  const { near, far } = streamPair({ target: { host, port }, client: nodeId(2), exit: nodeId(1) });
  const answered = new Promise<StreamEvent>((resolve) => (near.onEvent = resolve));
  exit.accept(far);
  const answer = await answered;
  exit.close();
  return { answer, lines };
}

t.test('an exit connects where its settings let it, and nowhere else', async (t) => {
  const port = await takenPort(t);
  t.match((await ask(ALLOWING, port)).answer, { type: 'opened' });
  const refused = { type: 'refused', reason: 'not-allowed' } as const;
  t.match((await ask({ ...ALLOWING, allowPrivate: false }, port)).answer, refused, 'its own machine is private');
  t.match((await ask(ALLOWING, port, [port])).answer, refused, 'its own ports are its own');
  t.match((await ask(ALLOWING, 0)).answer, { type: 'opened', destination: { address: Uint8Array.of(127, 0, 0, 1) } });
  t.match((await ask({ ...ALLOWING, allowPrivate: false }, 0)).answer, refused, 'nor does it tell of it');
  t.match((await ask({ ...ALLOWING, maxStreamsPerClient: 0 }, port)).answer, { type: 'refused', reason: 'overloaded' });
});

t.test('behind a translator its own ports are its own under the address that others see, too', async (t) => {
  const outside = { address: '10.255.255.1', observed: ['2001:db8::1', '10.255.255.1'] };
  t.match((await ask(ALLOWING, 4840, [4840], outside)).answer, { type: 'refused', reason: 'not-allowed' });
});

t.test('where members go is logged at level debug only', async (t) => {
  const { lines } = await ask(ALLOWING, 25);
  t.match(lines, [{ level: 20, type: 'refused', client: 2, target: '127.0.0.1:25', reason: 'not-allowed' }]);
});
