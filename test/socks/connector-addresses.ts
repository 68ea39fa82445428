// What the connector does where an exit shows sites another address.
import t from 'tap';
import { connectorSetup } from './fixtures/connector-setup.ts';
import { exitView } from './fixtures/node-view.ts';
import { settled } from './fixtures/schedulers.ts';

t.test('an exit with another public address: told before the program may send, and nothing goes early', async (t) => {
  const from = (...ip: readonly number[]) => ({ host: { type: 'ip', bytes: Uint8Array.from(ip) }, port: 9 }) as const;
  const seen = (address: string) => ({ ...exitView(2, 'up', 1), publicAddresses: [address] });
  const { opened, heard, ask, change, events, pins } = connectorSetup([seen('8.0.0.1')], true);
  const changes = () =>
    events.flatMap((event) => (event.type === 'address-changed' ? [`${event.from} ${event.to}`] : []));
  const accept = async (bound: ReturnType<typeof from>): Promise<void> => {
    opened.at(-1)!.far.accept(bound, 5);
    await settled();
  };
  ask('example.com');
  await settled();
  await accept(from(10, 0, 0, 1));
  ask('example.com');
  await settled();
  t.equal(heard.length, 2, 'early');
  await accept(from(10, 0, 0, 1));
  t.same(changes(), []);

  change(seen('8.0.0.2'));
  ask('example.com');
  await settled();
  t.equal(heard.length, 2, 'not early: the record has another address');
  await accept(from(10, 0, 0, 1));
  t.equal(heard.length, 3);
  t.same(changes(), ['8.0.0.1 8.0.0.2']);
  t.ok(
    events.findLastIndex(({ type }) => type === 'address-changed') > events.findIndex(({ type }) => type === 'decided'),
  );
  ask('example.com');
  await settled();
  t.equal(heard.length, 4, 'early again');
  await accept(from(8, 0, 0, 3));
  t.same(changes(), ['8.0.0.1 8.0.0.2', '8.0.0.2 8.0.0.3'], 'what nobody could know is told as soon as it is known');
  ask('example.com');
  await settled();
  await accept(from(8, 0, 0, 3));
  t.equal(changes().length, 2, 'once');
  t.match(pins.all(0)[0], { site: 'example.com', addresses: ['8.0.0.3', '8.0.0.2', '8.0.0.1'] });
});

t.test('the event comes before the program is told that it is connected', async (t) => {
  const { opened, ask, heard, events } = connectorSetup([{ ...exitView(2, 'up', 1), publicAddresses: [] }]);
  const order: number[] = [];
  for (const last of [1, 2]) {
    ask('example.com');
    await settled();
    const before = heard.length;
    events.push = (...added) => {
      if (added.some(({ type }) => type === 'address-changed')) order.push(heard.length - before);
      return Array.prototype.push.apply(events, added);
    };
    opened.at(-1)!.far.accept({ host: { type: 'ip', bytes: Uint8Array.of(8, 0, 0, last) }, port: 9 }, 5);
    await settled();
    t.equal(heard.length, before + 1);
  }
  t.same(order, [0]);
});
