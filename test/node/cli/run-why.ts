import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('rule, pin and every exit with its figures', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  const before = await runCli(['why', 'www.a.test', ...config]);
  t.match(before, { status: 0, stdout: /^Site: a\.test\nRule: any exit\nExit: chosen at the next/ });
  node.sites.pin('a.test', 3);
  const after = await runCli(['why', 'www.a.test', ...config]);
  t.match(after.stdout, /Exit: exit 3, because of: user, since 2026-01-01 00:00:00 UTC\n/);
  t.match(after.stdout, /\nReached: directly, udp:\/\/192\.0\.2\.7:4840\n/);
  t.notMatch(before.stdout, /Reached/, 'while nobody knows which exit it will be');
  t.match(after.stdout, /\n +3 +DE +up +12\.5 ms +yes /);
  t.notMatch(after.stdout, /Seen as|Address|Refused/, 'not known');
  node.exitLink = 'relays 4, 9 (udp://192.0.2.4:4840)';
  const byRelays = await runCli(['why', 'www.a.test', ...config]);
  t.match(byRelays.stdout, /\nReached: by relays 4, 9 \(udp:\/\/192\.0\.2\.4:4840\)\n/);
  node.exitLink = null;
  t.match((await runCli(['why', 'www.a.test', ...config])).stdout, /\nReached: not at all now\n/);
  for (const address of ['8.0.0.1', '8.0.0.2'])
    node.pins.showed('a.test', node.pins.all(0)[0]!.exit, address, Date.UTC(2026, 0, 2));
  const seen = await runCli(['why', 'www.a.test', ...config]);
  t.match(
    seen.stdout,
    /\nSeen as: 8\.0\.0\.2, 8\.0\.0\.1\nAddress: 2026-01-02 00:00:00 UTC from 8\.0\.0\.1 to 8\.0\.0\.2, at the same/,
  );
  t.notMatch(seen.stdout, /Waits/, 'its exit is there');
  node.pins.exitDown(node.pins.all(0)[0]!.exit, 5_000);
  const waiting = await runCli(['why', 'www.a.test', ...config]);
  t.match(
    waiting.stdout,
    /\nWaits: for exit 3 until 2026-01-01 00:00:30 UTC, then moves; its connections fail meanwhile\n/,
  );
  const refused = await runCli(['why', 'refused.test', ...config]);
  t.match(refused.stdout, /\nRefused: 2026-01-01 00:00:00 UTC by an exit: its address is private$/m);
  const direct = await runCli(['why', 'www.direct.test', ...config]);
  t.equal(direct.stdout, 'Site: direct.test\nRule: directly from this machine, past the exits\nExit: none\n');
  const json = JSON.parse((await runCli(['why', 'a.test', '--json', ...config])).stdout);
  t.match(json, {
    site: 'a.test',
    pin: { exit: 3 },
    waitsUntilMs: Number,
    exits: [{ id: 3, permitted: true, samples: 0, fresh: false }],
  });
});
