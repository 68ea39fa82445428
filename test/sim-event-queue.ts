import fc from 'fast-check';
import t from 'tap';
import { EventQueue, SimEvent } from './fixtures/sim/event-queue.ts';

class Noted extends SimEvent {
  readonly id: number;
  readonly #log: string[];

  constructor(id: number, log: string[]) {
    super();
    this.id = id;
    this.#log = log;
  }

  fire(nowMs: number): void {
    this.#log.push(`${this.id}@${nowMs}`);
  }
}

t.test('events come in the order of a stable sort, moved and cancelled ones included', (t) => {
  const step = fc.record({
    kind: fc.constantFrom('add', 'add', 'move', 'cancel'),
    pick: fc.nat(),
    // Many equal times and many distinct ones; not all of them integers.
    atMs: fc.oneof(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 100_000 }).map((count) => count / 1024),
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const queue = new EventQueue();
      const log: string[] = [];
      const events: Noted[] = [];
      const model = new Map<number, { atMs: number; order: number }>();
      steps.forEach(({ kind, pick, atMs }, order) => {
        const event =
          kind === 'add' || events.length === 0 ? new Noted(events.length, log) : events[pick % events.length]!;
        if (event.id === events.length) events.push(event);
        if (kind === 'cancel') {
          queue.cancel(event);
          model.delete(event.id);
        } else {
          queue.schedule(event, atMs);
          model.set(event.id, { atMs, order });
        }
      });
      const expected = [...model].toSorted(([, a], [, b]) => a.atMs - b.atMs || a.order - b.order);
      if (queue.length !== expected.length) return false;
      queue.run();
      return log.join(' ') === expected.map(([id, { atMs }]) => `${id}@${atMs}`).join(' ');
    }),
    { seed: 2, numRuns: 200 },
  );
  t.end();
});

t.test('grows past its first size', (t) => {
  const queue = new EventQueue();
  const times: number[] = [];
  for (let count = 0; count < 5000; count++) {
    const atMs = (count * 7919) % 5003;
    queue.at(atMs, () => times.push(atMs));
  }
  t.equal(queue.length, 5000);
  queue.run();
  t.same(
    times,
    times.toSorted((a, b) => a - b),
  );
  t.equal(times.length, 5000);
  t.end();
});

t.test('time jumps to each event and never goes back', (t) => {
  const queue = new EventQueue();
  const log: string[] = [];
  queue.at(2.5, () => {
    log.push(`late at ${queue.nowMs}`);
    queue.at(1, () => log.push(`past at ${queue.nowMs}`));
  });
  queue.at(2.5, () => log.push('second'));
  t.equal(queue.nextAtMs, 2.5);
  t.equal(queue.run(), 'idle');
  t.same(log, ['late at 2.5', 'second', 'past at 2.5'], 'the past happens now, after all else of now');
  t.equal(queue.nowMs, 2.5);
  t.equal(queue.nextAtMs, Infinity);
  queue.run({ untilMs: 1 });
  t.equal(queue.nowMs, 2.5);
  t.end();
});

t.test('limits of a run', (t) => {
  const queue = new EventQueue();
  let count = 0;
  const again = (): void => {
    count++;
    queue.at(queue.nowMs + 1, again);
  };
  queue.at(1, again);
  t.equal(queue.run({ untilMs: 3 }), 'time');
  t.equal(count, 3, 'the last instant belongs to it');
  t.equal(queue.run({ untilMs: 3.5 }), 'time');
  t.equal(queue.nowMs, 3.5);
  t.equal(queue.run({ maxEvents: 2 }), 'max-events');
  t.equal(count, 5);
  t.equal(queue.run({ untilTrue: () => count === 9 }), 'true');
  t.equal(queue.nowMs, 9);
  t.equal(queue.run({ untilTrue: () => count === 9 }), 'true', 'asked before the first event');
  t.equal(count, 9);
  const idle = new EventQueue();
  t.equal(idle.run({ untilMs: 10 }), 'idle');
  t.equal(idle.nowMs, 10);
  t.end();
});

t.test('a cancelled timer does not fire, and cancelling is idempotent', (t) => {
  const queue = new EventQueue();
  const log: string[] = [];
  const first = queue.at(1, () => {
    log.push('first');
    second.cancel();
  });
  const second = queue.at(1, () => log.push('second'));
  queue.run();
  first.cancel();
  second.cancel();
  queue.at(2, () => log.push('third'));
  first.cancel();
  queue.run();
  t.same(log, ['first', 'third']);
  t.end();
});

t.test('refuses times that are none, and runs within runs', (t) => {
  const queue = new EventQueue();
  for (const atMs of [NaN, Infinity, -Infinity]) t.throws(() => queue.at(atMs, () => {}), RangeError);
  t.throws(() => queue.run({ untilMs: NaN }), RangeError);
  queue.at(1, () => queue.run());
  t.throws(() => queue.run(), /inside an event/);
  queue.at(2, () => {
    throw new Error('broken');
  });
  t.throws(() => queue.run(), /broken/);
  t.equal(queue.run(), 'idle', 'and can be run on after an error');
  t.end();
});
