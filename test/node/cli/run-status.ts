import t from 'tap';
import { runMadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('status, for people and for programs', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const args = ['status', '--config', loaded.configPath];
  t.match(await runCli(args), { status: 1, stdout: '', stderr: /No node runs for/ });
  await runMadeUpNode(t, loaded);
  const shown = await runCli(args);
  t.match(shown, { status: 0, stderr: '' });
  for (const line of [
    /^node +1, "amber", an exit$/m,
    /^process +4711, up for 1 h 2 min, 70\.0 MB$/m,
    /^version +0\.1\.0, sodium-native$/m,
    /^listens on +udp:\/\/127\.0\.0\.1:4840$/m,
    /^proxy +127\.0\.0\.1:1080, 5 connections$/m,
    /^as an exit +6 connections$/m,
    /^mesh +2 other nodes known: 1 up, 1 not answering$/m,
  ]) {
    t.match(shown.stdout, line);
  }
  const json = await runCli([...args, '--json']);
  t.same(JSON.parse(json.stdout), STATUS);
  t.notMatch(shown.stdout, /draining|cut off|as a relay|is seen as|NAT/, 'only where there is something to say');
});

t.test('a node that drains, and where it is seen', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  const args = ['status', '--config', loaded.configPath];
  node.shown = { ...STATUS, draining: { leavesAtS: null }, publicAddresses: ['8.0.0.1', '2a00::1'] };
  const draining = await runCli(args);
  t.match(draining.stdout, /^draining +new sites go elsewhere$/m);
  t.match(draining.stdout, /^is seen as +8\.0\.0\.1, 2a00::1$/m);
  for (const [refusedMessages, text] of [
    [0, /^as a relay +passed on for others: 271 MB$/m],
    [3, /^as a relay +passed on for others: 271 MB; 3 messages above relayRateMbps refused$/m],
  ] as const) {
    node.shown = { ...STATUS, relay: true, relayed: { passedBytes: 271_000_000, refusedMessages } };
    const relay = await runCli(args);
    t.match(relay.stdout, /^node +1, "amber", an exit and a relay$/m);
    t.match(relay.stdout, text);
  }
  for (const [nodesKnown, nodesUp, nodesIdle, text] of [
    [0, 0, 0, /^mesh +0 other nodes known$/m],
    [1, 1, 0, /^mesh +1 other node known: 1 up$/m],
    [3, 2, 1, /^mesh +3 other nodes known: 2 up, 1 idle$/m],
  ] as const) {
    node.shown = { ...STATUS, nodesKnown, nodesUp, nodesIdle };
    t.match((await runCli(args)).stdout, text);
  }
  node.shown = { ...STATUS, superseded: { isCertain: true, by: [3, 4] } };
  t.match((await runCli(args)).stdout, /^cut off +this configuration .* goes on by itself .*started again/m);
  node.shown = { ...STATUS, superseded: { isCertain: false, by: [3] } };
  const doubted = (await runCli(args)).stdout;
  t.match(doubted, /^cut off\? +node 3 says .*no other node answers .* is wrong.*goes on by itself/m);
  t.notMatch(doubted, /^cut off +/m);
  for (const [natClass, text] of [
    ['public', /^NAT +none$/m],
    ['easy', /^NAT +shows everybody the same port/m],
    ['symmetric', /^NAT +shows everybody another port/m],
  ] as const) {
    node.shown = { ...STATUS, natClass };
    t.match((await runCli(args)).stdout, text);
  }
  node.shown = { ...STATUS, draining: { leavesAtS: Date.UTC(2026, 0, 1) / 1_000 } };
  t.match((await runCli(args)).stdout, /^draining +new sites go elsewhere, stops at 2026-01-01 00:00:00 UTC$/m);
});
