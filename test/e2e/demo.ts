import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { WebSocket } from 'ws';
import { DemoProcess } from '../fixtures/demo-process.ts';
import { openPatientSite, openTalkativeSite, openWebSite, sha256OfBytes, type Site } from '../fixtures/site.ts';
import { socksConnect } from '../socks/fixtures/socks-client.ts';

// The demo of the README, driven by real clients: real processes, real sockets, no root.

const run = promisify(execFile);
const HUNDRED_MB = 100_000_000;
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

const demo = await DemoProcess.start();
const web = await openWebSite();
t.teardown(async () => {
  web.close();
  await demo.stop();
});

/** Runs curl through the demo's proxy; returns what it printed. */
async function curl(...options: string[]): Promise<string> {
  const proxy = ['-sS', '--fail', '--max-time', '60', '-x', `socks5h://127.0.0.1:${demo.proxyPort}`];
  return (await run('curl', [...proxy, ...options], { maxBuffer: 1 << 20 })).stdout;
}

async function connectTo(site: Site, host = '127.0.0.1'): Promise<Socket> {
  const { socket, code } = await socksConnect(demo.proxyPort, host, site.port);
  if (code !== 0) throw new Error(`the proxy refused with ${code}`);
  return socket;
}

async function digestOf(socket: Socket): Promise<{ hex: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of socket) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { hex: hash.digest('hex'), bytes };
}

t.test('curl: a 100 MB file and an upload arrive whole', { skip: hasCurl ? false : 'there is no curl' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'uservpn-e2e-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  await curl('-o', file, `${web.url}/bytes/${HUNDRED_MB}`);
  const { stdout } = await run('sha256sum', [file]);
  t.equal(stdout.slice(0, 64), sha256OfBytes(HUNDRED_MB));

  const upload = join(folder, 'upload');
  const handle = openSync(upload, 'w');
  ftruncateSync(handle, HUNDRED_MB);
  closeSync(handle);
  const expected = createHash('sha256').update(Buffer.alloc(HUNDRED_MB)).digest('hex');
  t.equal(await curl('-T', upload, `${web.url}/upload`), expected);
});

t.test('curl: a page of 50 small files, by name', { skip: hasCurl ? false : 'there is no curl' }, async (t) => {
  const urls = Array.from({ length: 50 }, (_, index) => `http://localhost:${web.port}/file-${index}`);
  const text = await curl('--parallel', '--parallel-max', '8', ...urls);
  t.same(text.trim().split('\n').toSorted(), urls.map((_, index) => `you asked for /file-${index}`).toSorted());
});

t.test('200 connections at once', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const socket = await connectTo(web);
      socket.end(`GET /bytes/${10_000 + index} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      const { bytes } = await digestOf(socket);
      return bytes > 10_000 + index;
    }),
  );
  t.equal(answers.filter(Boolean).length, 200);
});

t.test('a WebSocket echo', async (t) => {
  const socket = await connectTo(web);
  const client = new WebSocket(`ws://127.0.0.1:${web.port}`, { createConnection: () => socket });
  await once(client, 'open');
  for (const size of [1, 1_000, 500_000]) {
    const message = Buffer.alloc(size, size % 251);
    client.send(message);
    const [echo] = (await once(client, 'message')) as [Buffer];
    t.equal(Buffer.compare(echo, message), 0, `${size} bytes`);
  }
  client.terminate();
});

t.test('a server that speaks first', async (t) => {
  const site = await openTalkativeSite();
  t.teardown(() => site.close());
  const socket = await connectTo(site);
  const [hello] = (await once(socket, 'data')) as [Buffer];
  t.equal(hello.toString(), '220 speak\r\n');
  socket.destroy();
});

t.test('a client that ends its side and still gets its answer', async (t) => {
  const site = await openPatientSite();
  t.teardown(() => site.close());
  const socket = await connectTo(site);
  const body = Buffer.alloc(3_000_000, 7);
  socket.end(body);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  t.equal(answer, createHash('sha256').update(body).digest('hex'));
});

t.test('a closed port is refused, a name that does not exist is not found', async (t) => {
  const closed = await openTalkativeSite();
  closed.close();
  t.equal((await socksConnect(demo.proxyPort, '127.0.0.1', closed.port)).code, 5);
});
