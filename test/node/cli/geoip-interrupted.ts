import t from 'tap';
import { geoIpExit, serveHttp } from '../fixtures/geoip-exit.ts';
import { collect, startCli } from '../fixtures/run-cli.ts';

// `uservpn geoip update` as a process of its own, stopped in the middle.
t.setTimeout(60_000);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} in the middle of a download leaves nothing behind`, async (t) => {
    const { config, files } = await geoIpExit(t);
    let written = (): void => {};
    const underWay = new Promise<void>((resolve) => (written = resolve));
    const origin = await serveHttp(t, (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(Buffer.alloc(100_000));
      written();
    });
    const child = startCli(['geoip', 'update', '--config', config, '--source', origin]);
    const ended = collect(child);
    await underWay;
    while (files().length === 0) await new Promise((resolve) => setImmediate(resolve));
    t.match(files(), [/^\.geoip\.mmdb\.[0-9a-f]{12}\.new$/], 'it was under way');
    child.kill(signal);
    const run = await ended;
    t.equal(run.status, 1);
    t.match(run.stderr, /it was interrupted\. All works without one, too\. Run the command again/);
    t.same(files(), []);
  });
}

t.test('interrupted while nobody answers', async (t) => {
  const { config } = await geoIpExit(t);
  let asked = (): void => {};
  const underWay = new Promise<void>((resolve) => (asked = resolve));
  const origin = await serveHttp(t, () => asked());
  const child = startCli(['geoip', 'update', '--config', config, '--source', origin]);
  const ended = collect(child);
  await underWay;
  child.kill('SIGINT');
  t.match(await ended, { status: 1, stderr: /it was interrupted/ });
});
