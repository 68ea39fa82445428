import fc from 'fast-check';
import t from 'tap';
import { HappyEyeballs } from '../../../socks/egress/happy-eyeballs.ts';
import type { EyeballsAction } from '../../../socks/egress/happy-eyeballs.ts';
import { addressBytes, addressText } from '../../../socks/host-text.ts';

const addresses = (...texts: string[]): Uint8Array[] => texts.map((text) => addressBytes(text)!);

function words(actions: readonly EyeballsAction[]): string {
  return actions
    .map((action) => {
      switch (action.type) {
        case 'start':
          return `start ${action.attempt} ${addressText(action.address)}`;
        case 'abandon':
        case 'won':
          return `${action.type} ${action.attempt}`;
        case 'lost':
          return `lost ${action.reason}`;
      }
    })
    .join(', ');
}

t.test('families take turns, 250 ms apart, and the first to connect wins', async (t) => {
  const eyeballs = new HappyEyeballs(addresses('2a00::1', '2a00::2', '2a00::3', '8.8.8.1', '8.8.8.2'));
  t.equal(eyeballs.wakeAtMs, null);
  t.equal(words(eyeballs.tick(1000)), 'start 0 2a00::1');
  t.equal(eyeballs.wakeAtMs, 1250);
  t.equal(words(eyeballs.tick(1249)), '', 'too early');
  t.equal(words(eyeballs.tick(1250)), 'start 1 8.8.8.1');
  t.equal(words(eyeballs.tick(1500)), 'start 2 2a00::2');
  t.equal(words(eyeballs.connected(1)), 'abandon 0, abandon 2, won 1');
  t.equal(eyeballs.wakeAtMs, null);
  t.equal(words(eyeballs.tick(2000)), '');
  t.equal(words(eyeballs.connected(0)), '', 'too late');
  t.equal(words(eyeballs.failed(2, 'failed', 2000)), '', 'too late');
});

t.test('a failure starts the next at once', async (t) => {
  const eyeballs = new HappyEyeballs(addresses('8.8.8.1', '8.8.8.2', '2a00::1'));
  t.equal(words(eyeballs.tick(0)), 'start 0 8.8.8.1');
  t.equal(words(eyeballs.failed(0, 'network-unreachable', 10)), 'start 1 2a00::1');
  t.equal(eyeballs.wakeAtMs, 260);
  t.equal(words(eyeballs.failed(1, 'connection-refused', 20)), 'start 2 8.8.8.2');
  t.equal(eyeballs.wakeAtMs, null, 'nothing left to start');
  t.equal(words(eyeballs.failed(2, 'host-unreachable', 30)), 'lost connection-refused', 'the most telling reason');
});

t.test('the last failure waits for those under way', async (t) => {
  const eyeballs = new HappyEyeballs(addresses('8.8.8.1', '8.8.8.2'));
  eyeballs.tick(0);
  eyeballs.tick(250);
  t.equal(words(eyeballs.failed(1, 'timed-out', 300)), '');
  t.equal(words(eyeballs.failed(1, 'timed-out', 300)), '', 'said twice');
  t.equal(words(eyeballs.connected(0)), 'won 0');
});

t.test('without addresses it is lost', async (t) => {
  t.equal(words(new HappyEyeballs([]).tick(0)), 'lost failed');
});

t.test('whatever happens: one end, no address twice, none left running', async () => {
  const step = fc.record({ what: fc.constantFrom('tick', 'fail', 'connect'), which: fc.nat(20), waitMs: fc.nat(400) });
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.array(step, { maxLength: 60 }), (four, six, steps) => {
      const all = [
        ...Array.from({ length: four }, (_, index) => Uint8Array.of(8, 8, 8, index)),
        ...Array.from({ length: six }, (_, index) => new Uint8Array(16).fill(index)),
      ];
      const eyeballs = new HappyEyeballs(all);
      const started = new Set<string>();
      const running = new Set<number>();
      let ends = 0;
      let nowMs = 0;
      const take = (actions: readonly EyeballsAction[]): boolean =>
        actions.every((action) => {
          if (action.type === 'start') {
            const text = addressText(action.address);
            if (ends > 0 || started.has(text)) return false;
            started.add(text);
            running.add(action.attempt);
          } else if (action.type === 'abandon') return running.delete(action.attempt);
          else {
            ends++;
            if (action.type === 'won') running.delete(action.attempt);
            return ends === 1 && running.size === 0;
          }
          return true;
        });
      if (!take(eyeballs.tick(nowMs))) return false;
      for (const { what, which, waitMs } of steps) {
        nowMs += waitMs;
        const known = running.has(which);
        if (what === 'connect' && known && !take(eyeballs.connected(which))) return false;
        if (what === 'fail' && running.delete(which) && !take(eyeballs.failed(which, 'failed', nowMs))) return false;
        if (what === 'tick' && !take(eyeballs.tick(nowMs))) return false;
        if (ends > 0 && eyeballs.wakeAtMs !== null) return false;
        if (ends === 0 && running.size === 0) return false;
      }
      return true;
    }),
    { seed: 8305 },
  );
});
