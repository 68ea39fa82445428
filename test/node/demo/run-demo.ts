import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { dirname } from 'node:path';
import t from 'tap';
import { collect, runCli, startCli } from '../fixtures/run-cli.ts';

// Five processes start, two cores may have to do.
t.setTimeout(120_000);

/** Fetches a page of this machine through a SOCKS5 proxy (RFC 1928) and returns all that came. */
async function fetchThrough(proxyPort: number, url: URL): Promise<string> {
  const socket = connect(proxyPort, '127.0.0.1');
  const address = url.hostname.split('.').map(Number);
  const port = Number(url.port);
  socket.write(Uint8Array.of(5, 1, 0));
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  if (greeting[1] !== 0) throw new Error('the proxy wants a password');
  socket.write(Uint8Array.of(5, 1, 0, 1, ...address, port >> 8, port & 255));
  const [reply] = (await once(socket, 'data')) as [Buffer];
  if (reply[1] !== 0) throw new Error(`the proxy refused with ${reply[1]}`);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
  socket.write(`GET / HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

t.test('the demo runs, serves its page through an exit, and cleans up after itself', async (t) => {
  const demo = startCli(['demo']);
  t.teardown(() => demo.kill('SIGKILL'));
  const ended = collect(demo);
  let text = '';
  await new Promise<void>((resolve, reject) => {
    demo.stdout?.on('data', (part: string) => {
      text += part;
      if (text.includes('Ctrl-C ends it all')) resolve();
    });
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  const proxyPort = Number(/proxy is 127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
  const url = new URL(/curl -x \S+ (http:\/\/127\.0\.0\.1:\d+\/)/.exec(text)![1]!);
  const config = /nodes --config (\S+)/.exec(text)![1]!;
  t.match(await fetchThrough(proxyPort, url), /^HTTP\/1\.1 200 OK\r\n[^]*Hello through the mesh!/);
  for (const id of ['1', '2', '3']) {
    t.match(await runCli(['ping', id, '--count', '1', '--config', config]), { status: 0 }, `node ${id} is reached`);
  }
  const nodes = await runCli(['nodes', '--json', '--config', config]);
  const views = JSON.parse(nodes.stdout) as { id: number; link: string; roles: { exit: boolean } }[];
  t.same(
    views.filter(({ roles }) => roles.exit).map(({ id }) => id),
    [1, 2, 3],
    'two of them learned from the first',
  );
  t.match(views.find(({ id }) => id === 3)?.link, /^tcp:/);
  const exitPid = Number(/kill -9 (\d+)/.exec(text)?.[1]);
  process.kill(exitPid, 'SIGKILL');
  if (!/node 1 \(amber\) ended by SIGKILL/.test(text)) {
    await new Promise<void>((resolve) => {
      demo.stderr?.on('data', (part: string) => {
        if (part.includes('node 1 (amber) ended by SIGKILL; the others go on')) resolve();
      });
    });
  }
  demo.kill('SIGINT');
  while (!text.includes('Stopping ...')) await once(demo.stdout!, 'data');
  demo.kill('SIGINT');
  const { status } = await ended;
  t.equal(status, 0);
  t.notOk(existsSync(dirname(dirname(config))), 'its folder is gone');
  for (const pid of [...text.matchAll(/process (\d+)/g)].map((match) => Number(match[1]))) {
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, `process ${pid} is gone`);
  }
});
