import { EventEmitter, once } from 'node:events';
import { appendFileSync, chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemRandom } from '../../../node/random.ts';
import { RulesService } from '../../../node/rules/rules-service.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { parseHost } from '../../../socks/host-text.ts';
import { VALID } from '../../config/fixtures/valid-config.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { stayAlive } from '../../fixtures/stay-alive.ts';

/** A configuration and a list on the disk, and the service that watches them; timers go off when the test says so. */
async function serving(t: Test, text: string, list = 'ads.test\n') {
  const folder = t.testdir({ 'uservpn.yaml': `${VALID}${text}`, 'ads.txt': list });
  const configPath = join(folder, 'uservpn.yaml');
  chmodSync(configPath, 0o600);
  stayAlive(t);
  const timers = new ManualSchedule();
  const lines = new EventEmitter();
  const said: unknown[][] = [];
  const line = (...parts: unknown[]): void => {
    said.push(parts);
    lines.emit('line');
  };
  const service = await RulesService.open({
    loaded: readConfigFile(configPath),
    random: systemRandom,
    scheduler: { nowMs: () => 0, after: timers.schedule },
    log: { info: line, warn: line },
  });
  t.teardown(() => service.close());
  return {
    folder,
    configPath,
    service,
    said,
    timers,
    kindOf: (host: string) => service.route({ host: parseHost(host)!, port: 443 }).type,
    /** Waits for the event that a change on the disk is, and for what the service says then. */
    async after(change: () => void): Promise<unknown[]> {
      const before = said.length;
      const spoken = once(lines, 'line');
      change();
      while (said.length === before) {
        if (timers.pending.length === 0) await Promise.race([timers.untilSet(timers.timersSet + 1), spoken]);
        for (const timer of timers.pending) timer.fire();
        if (timers.pending.length === 0) await Promise.race([timers.untilSet(timers.timersSet + 1), spoken]);
      }
      return said[before]!;
    },
  };
}

const RULES = 'rules: [{ lists: [ads.txt], to: block }]\n';

t.test('rules are read again when a list or the configuration changes', async (t) => {
  const { service, kindOf, after, folder, configPath, said, timers } = await serving(t, RULES);
  t.match(said, [[{ rules: 1, lists: 1, entries: 1 }, 'rules loaded']]);
  t.equal(kindOf('www.ads.test'), 'refused');
  t.equal(kindOf('more.test'), 'exit');
  t.equal(timers.pending.length, 0, 'nothing runs while nothing changes');
  t.match(await after(() => appendFileSync(join(folder, 'ads.txt'), 'more.test\n')), [
    { entries: 2 },
    /connections go on/,
  ]);
  t.equal(kindOf('more.test'), 'refused');
  const { route } = service;
  const replaced = `${VALID}rules: [{ lists: [ads.txt], to: direct }]\nsiteGroups: [[one.test, two.test]]\n`;
  await after(() => {
    writeFileSync(join(folder, 'new'), replaced, { mode: 0o600 });
    renameSync(join(folder, 'new'), configPath);
  });
  t.equal(kindOf('more.test'), 'direct');
  t.match(route({ host: parseHost('two.test')!, port: 1 }), { request: { site: 'one.test' } }, 'groups as well');
});

t.test('a broken edit changes nothing and is told with its line, until it is mended', async (t) => {
  const { kindOf, after, folder, configPath } = await serving(t, RULES);
  t.match(await after(() => writeFileSync(join(folder, 'ads.txt'), 'fine.test\nnot fine\n')), [
    /^The rules stay as they were.*\n {2}.*ads\.txt:2: "fine" does not belong after "not"/,
  ]);
  t.equal(kindOf('ads.test'), 'refused');
  t.equal(kindOf('fine.test'), 'exit');
  t.match(await after(() => writeFileSync(join(folder, 'ads.txt'), 'fine.test\n')), [{ entries: 1 }]);
  t.equal(kindOf('ads.test'), 'exit');
  t.equal(kindOf('fine.test'), 'refused');
  t.match(await after(() => writeFileSync(configPath, `${VALID}rules: [{ to: blok }]\n`)), [
    /uservpn\.yaml:6:15: rules\[0\]\.to: "blok" is nothing that a rule can do/,
  ]);
  t.equal(kindOf('fine.test'), 'refused');
  t.match(await after(() => writeFileSync(configPath, `${VALID}rules: [{ lists: [ads.txt, b.txt], to: block }]\n`)), [
    /rules\[0\]\.lists\[1\]: .*b\.txt can't be read/,
  ]);
  t.match(await after(() => writeFileSync(join(folder, 'b.txt'), 'b.test\n')), [{ lists: 2 }], 'which is waited for');
  t.equal(kindOf('b.test'), 'refused');
});

t.test('a configuration without rules says nothing, and may get some', async (t) => {
  const { kindOf, after, said, configPath } = await serving(t, '');
  t.same(said, []);
  await after(() => appendFileSync(configPath, 'rules: [{ suffixes: [a.test], to: block }]\n'));
  t.equal(kindOf('a.test'), 'refused');
});

t.test('rules that are broken at the start are an error with all lines', async (t) => {
  await t.rejects(serving(t, RULES, 'a b\n*.c.test\n'), {
    code: 'configuration',
    message: /^The rules can't be used; mend them and try again:\n {2}.*ads\.txt:1: .*\n {2}.*ads\.txt:2: /,
  });
});
