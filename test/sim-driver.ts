import t from 'tap';
import { EventQueue } from './fixtures/sim/event-queue.ts';
import { PacketFlow } from './fixtures/sim/packet-flow.ts';
import { SimDriver, type SimMachine } from './fixtures/sim/sim-driver.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';

/** Notes its ticks; what it does in one is the test's. */
class NotingMachine implements SimMachine {
  wakeAtMs = Infinity;
  readonly ticks: number[] = [];
  readonly #onTick: (machine: NotingMachine, nowMs: number) => void;

  constructor(onTick: (machine: NotingMachine, nowMs: number) => void) {
    this.#onTick = onTick;
  }

  tick(nowMs: number): void {
    this.ticks.push(nowMs);
    this.wakeAtMs = Infinity;
    this.#onTick(this, nowMs);
  }
}

t.test('a machine is ticked exactly when it asked to be', (t) => {
  const driver = new SimDriver(new EventQueue());
  const machine = new NotingMachine((self, nowMs) => {
    if (nowMs < 10) self.wakeAtMs = nowMs + 2.5;
  });
  machine.wakeAtMs = 1.25;
  driver.add(machine, 'machine');
  t.equal(driver.run(), 'idle');
  t.same(machine.ticks, [1.25, 3.75, 6.25, 8.75, 11.25]);
  driver.run({ untilMs: 100 });
  t.equal(machine.ticks.length, 5, 'and not without asking');
  machine.wakeAtMs = 50;
  driver.run();
  t.equal(machine.ticks.at(-1), 100, 'a run reads it again, and the past is now');
  t.end();
});

t.test('a wake may move earlier, later, and away', (t) => {
  const queue = new EventQueue();
  const driver = new SimDriver(queue);
  const machine = new NotingMachine(() => {});
  const driven = driver.add(machine, 'machine');
  const moveTo = (wakeAtMs: number) => () => driven.call(() => (machine.wakeAtMs = wakeAtMs));
  queue.at(1, moveTo(20));
  queue.at(2, moveTo(5));
  queue.at(6, moveTo(10));
  queue.at(7, moveTo(12));
  queue.at(13, moveTo(15));
  queue.at(14, moveTo(Infinity));
  driver.run();
  t.same(machine.ticks, [5, 12]);
  t.equal(queue.nowMs, 14);
  t.end();
});

t.test('a machine that is due after a delivery is ticked in the same instant, after what is queued for it', (t) => {
  const network = new SimNetwork({ seed: 1, link: { delayMs: 5 } });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const driver = new SimDriver(network.queue);
  const log: string[] = [];
  const machine = new NotingMachine((_self, nowMs) => log.push(`tick at ${nowMs}`));
  const driven = driver.add(machine, 'b');
  const inner = {
    received: (_link: unknown, bytes: Uint8Array) => {
      log.push(`received ${bytes[0]} at ${network.nowMs}`);
      machine.wakeAtMs = 0;
    },
    writable: () => {},
    closed: () => {},
  };
  b.datagramPort(driven.handler(inner), { port: 1 });
  const socket = a.udp();
  socket.send(network.address(b.ip, 1), new Uint8Array([1]));
  socket.send(network.address(b.ip, 1), new Uint8Array([2]));
  driver.run();
  t.same(log.splice(0), ['received 1 at 5', 'received 2 at 5', 'tick at 5'], 'one tick for both');
  driven.remove();
  driven.remove();
  machine.wakeAtMs = 0;
  socket.send(network.address(b.ip, 1), new Uint8Array([3]));
  driver.run();
  driven.poke();
  driver.run();
  t.same(log, [], 'a machine that was removed gets nothing');
  t.end();
});

t.test('deliveries at one instant do not push a due tick back', (t) => {
  const queue = new EventQueue();
  const driver = new SimDriver(queue);
  const log: string[] = [];
  const machine = new NotingMachine(() => log.push('tick'));
  const driven = driver.add(machine, 'machine');
  let left = 3;
  const again = (): void => {
    log.push('event');
    driven.call(() => (machine.wakeAtMs = queue.nowMs));
    if (--left > 0) queue.at(queue.nowMs, again);
    driven.poke();
  };
  queue.at(1, again);
  driver.run();
  t.same(log, ['event', 'tick', 'event', 'tick', 'event', 'tick']);
  t.end();
});

t.test('a machine that never rests is caught, with the flow', (t) => {
  const flow = new PacketFlow();
  const network = new SimNetwork({ seed: 1, flow });
  const [a, b] = [network.addHost('left'), network.addHost('right')];
  b.udp(1);
  a.udp().send(network.address(b.ip, 1), new Uint8Array(77));
  for (const stepMs of [0, 1e-9]) {
    const driver = new SimDriver(network.queue, { maxTicksPerInstant: 50, flow });
    const machine = new NotingMachine((self, nowMs) => (self.wakeAtMs = nowMs + stepMs));
    machine.wakeAtMs = 20;
    const driven = driver.add(machine, 'spinner');
    t.throws(() => driver.run(), { code: 'livelock', message: /spinner was ticked 50 times.*left.*right.*77 B/s });
    t.equal(machine.ticks.length, 50);
    driven.remove();
  }
  t.end();
});

t.test('many ticks are fine where time passes, or many machines share an instant', (t) => {
  const driver = new SimDriver(new EventQueue(), { maxTicksPerInstant: 5 });
  const machines = Array.from({ length: 20 }, () => {
    const machine = new NotingMachine((self) => {
      if (self.ticks.length < 100) self.wakeAtMs = Math.floor(self.ticks.length / 4);
    });
    machine.wakeAtMs = 0;
    driver.add(machine, 'machine');
    return machine;
  });
  driver.run();
  for (const machine of machines) t.equal(machine.ticks.length, 100);
  t.end();
});

t.test("NaN is nobody's time", (t) => {
  const driver = new SimDriver(new EventQueue());
  const machine = new NotingMachine(() => {});
  machine.wakeAtMs = NaN;
  t.throws(() => driver.add(machine, 'machine'), RangeError);
  t.end();
});
