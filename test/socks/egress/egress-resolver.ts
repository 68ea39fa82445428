import t from 'tap';
import { EgressResolver } from '../../../socks/egress/egress-resolver.ts';
import type { EgressResolverOptions, Lookup, Resolution } from '../../../socks/egress/egress-resolver.ts';
import { hostsFile } from '../fixtures/hosts-file.ts';
import { addressText } from '../../../socks/host-text.ts';

/** A resolver whose look-ups are answered by the test. */
function setup(options: Partial<EgressResolverOptions> = {}) {
  const asked: { readonly name: string; readonly answer: Parameters<Lookup>[1] }[] = [];
  const clock = { nowMs: 0 };
  const lookup: Lookup = (name, answer) => asked.push({ name, answer });
  const resolver = new EgressResolver({ nowMs: () => clock.nowMs, lookup, ...options });
  const heard: string[] = [];
  const ask = (name: string, as = name): (() => void) =>
    resolver.resolve(name, (resolution) => heard.push(`${as}: ${words(resolution)}`));
  const answer = (code: string | null, ...addresses: string[]): void => asked.shift()!.answer(code, addresses);
  return { asked, clock, heard, ask, answer };
}

function words(resolution: Resolution): string {
  return resolution.type === 'resolved' ? resolution.addresses.map(addressText).join(' ') : resolution.reason;
}

t.test('askers share a look-up, and its answer for 30 s', async (t) => {
  const { asked, clock, heard, ask, answer } = setup();
  ask('a', 'first');
  ask('a', 'second');
  t.equal(asked.length, 1);
  answer(null, '8.8.8.8', '2a00::1');
  t.same(heard.splice(0), ['first: 8.8.8.8 2a00::1', 'second: 8.8.8.8 2a00::1']);
  clock.nowMs = 29_999;
  ask('a', 'third');
  t.same(heard, [], 'never inside the call');
  await Promise.resolve();
  t.same(heard.splice(0), ['third: 8.8.8.8 2a00::1']);
  clock.nowMs = 30_000;
  ask('a', 'fourth');
  t.equal(asked.length, 1, 'asked again');
});

t.test('what fails, and for how long it is believed', async (t) => {
  const { asked, clock, heard, ask, answer } = setup();
  ask('gone');
  answer('ENOTFOUND');
  ask('broken');
  answer('EAI_AGAIN');
  ask('empty');
  answer(null);
  t.same(heard.splice(0), ['gone: no-such-host', 'broken: failed', 'empty: no-such-host']);
  clock.nowMs = 4_999;
  ask('gone');
  t.equal(asked.length, 0);
  ask('broken');
  t.equal(asked.length, 1, 'a failure to ask is not kept');
  clock.nowMs = 5_000;
  ask('gone');
  t.equal(asked.length, 2);
});

t.test('three at a time, the others in turn, too many refused', async (t) => {
  const { asked, heard, ask, answer } = setup({ maxWaiting: 2 });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) ask(name);
  t.same(
    asked.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  await Promise.resolve();
  t.same(heard.splice(0), ['f: overloaded']);
  answer(null, '8.8.8.1');
  t.same(
    asked.map(({ name }) => name),
    ['b', 'c', 'd'],
  );
  t.same(heard, ['a: 8.8.8.1']);
});

t.test('who gives up is not told, and a question nobody asks any more is not asked', async (t) => {
  const { asked, heard, ask, answer } = setup({ maxConcurrent: 1 });
  const giveUpA = ask('a');
  ask('a', 'other');
  const giveUpB = ask('b');
  giveUpA();
  giveUpB();
  answer(null, '8.8.8.8');
  t.same(heard.splice(0), ['other: 8.8.8.8']);
  t.equal(asked.length, 0);
  ask('a')();
  await Promise.resolve();
  t.same(heard, []);
});

t.test('of a name with thousands of addresses the first 64 count', async (t) => {
  const { ask, answer, heard } = setup();
  ask('many.example');
  answer(null, ...Array.from({ length: 4_000 }, (_, index) => `192.0.${index >> 8}.${index & 255}`));
  t.equal(heard[0]!.split(' ').length, 1 + 64);
});

t.test('localhost and what is below it is this machine, and nobody is asked', async (t) => {
  const resolver = new EgressResolver({ nowMs: () => 0, lookup: () => t.fail('asked') });
  for (const name of ['localhost', 'app.localhost', 'a.b.localhost']) {
    const resolution = await new Promise<Resolution>((resolve) => resolver.resolve(name, resolve));
    t.same(resolution.type === 'resolved' && resolution.addresses.map(addressText), ['127.0.0.1', '::1'], name);
  }
  let asked = 0;
  const other = new EgressResolver({ nowMs: () => 0, lookup: () => asked++ });
  for (const name of ['notlocalhost', 'localhost.example', 'local']) other.resolve(name, () => {});
  t.equal(asked, 3);
});

t.test('the system is asked, and its hosts file counts', async (t) => {
  const resolver = new EgressResolver({ nowMs: () => 0 });
  const ask = async (name: string): Promise<string> =>
    words(await new Promise<Resolution>((resolve) => resolver.resolve(name, resolve)));
  t.equal(await ask('127.0.0.1'), '127.0.0.1');
  for (const { address, name } of hostsFile().slice(0, 3)) {
    const found = (await ask(name)).split(' ');
    t.ok(found.includes(address), `${name} is ${found.join()}`);
  }
});
