// Rules, from what is written in the configuration to what is opened where.
import t from 'tap';
import { shippedSiteGroups } from '../../../socks/exits/site-groups.ts';
import { RuleRouter } from '../../../socks/rules/rule-router.ts';
import { bound, connectorSetup } from '../fixtures/connector-setup.ts';
import { exitView, testIdentity } from '../fixtures/node-view.ts';
import { place } from '../fixtures/routes.ts';
import { settled } from '../fixtures/schedulers.ts';
import { rulesFrom, ruleSetOf } from './fixtures/rule-set-of.ts';

const routerOf = (...rules: readonly string[]) => new RuleRouter(ruleSetOf(rulesFrom(...rules)), shippedSiteGroups());

t.test('a pin that new rules forbid moves at the next use, and stays', async (t) => {
  let router = routerOf('{ suffixes: [example.com], to: countries DE }');
  const exits = [exitView(2, 'up', 10, 'DE'), exitView(3, 'up', 20, 'FR')];
  const { ask, opened, heard, events, exitsOf, pins } = connectorSetup(exits, false, (target) => router.route(target));
  const visit = async (host: string): Promise<void> => {
    ask(host);
    await settled();
    opened.at(-1)!.far.accept(bound, 1);
    await settled();
  };
  await visit('www.example.com');
  t.same(exitsOf(), [2]);
  router = routerOf('{ suffixes: [example.com], to: not countries DE }');
  await visit('example.com');
  await visit('www.example.com');
  t.same(exitsOf(), [2, 3, 3]);
  t.match(
    events.filter(({ type }) => type === 'moved'),
    [{ site: 'example.com', from: 2, to: 3, reason: 'rule' }],
    'once',
  );
  router = routerOf();
  await visit('example.com');
  t.equal(exitsOf().at(-1), 3, 'a rule that is gone moves nothing back');
  t.equal(pins.all(0).length, 1);
  router = routerOf('{ domains: [example.com], to: block }', '{ suffixes: [example.com], to: exit 2 }');
  ask('example.com');
  await settled();
  t.equal(heard.at(-1), 'not-allowed');
  t.equal(opened.length, 4, 'nothing was opened');
  await visit('www.example.com');
  t.equal(exitsOf().at(-1), 2);
});

t.test('the address decides: block, another exit, directly', async (t) => {
  const router = routerOf(
    '{ resolvedNetworks: [192.0.2.66], to: block }',
    '{ resolvedCountries: [CN], to: exit 3 }',
    '{ resolvedCountries: [AT], to: direct }',
  );
  const exits = [exitView(2, 'up', 10), exitView(3, 'up', 50)];
  const { ask, opened, dialled, heard, exitsOf, pins } = connectorSetup(exits, false, router.route);
  pins.pin('example.com', testIdentity(2), 'user', Date.UTC(2026, 0, 1));
  const visit = async (...places: readonly ReturnType<typeof place>[]): Promise<void> => {
    ask('example.com');
    for (const at of places) {
      await settled();
      opened.at(-1)!.far.accept(bound, 1, at);
    }
    await settled();
  };
  await visit(place(66));
  t.equal(heard.at(-1), 'not-allowed');
  await visit(place(1, 'US'));
  t.equal(heard.at(-1), 'by 2 in 1 ms');
  await visit(place(1, 'CN'), place(2, 'AT'));
  t.equal(heard.at(-1), 'by 3 in 1 ms', 'where the other exit finds another address it is not changed again');
  t.same(exitsOf(), [2, 2, 2, 3]);
  await visit(place(1, 'CN'), place(66));
  t.equal(heard.at(-1), 'not-allowed', 'but what is blocked stays blocked');
  await visit(place(1, 'AT'));
  t.equal(dialled.at(-1)?.to, '192.0.2.1:443 by exit');
});
