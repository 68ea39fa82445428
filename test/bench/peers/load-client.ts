import { once } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { socksConnect } from '../../socks/fixtures/socks-client.ts';

// The program of the comparison, a process of its own in the near namespace:
// `load-client.js TEST PROXY_HOST PROXY_PORT SITE_HOST SITE_PORT [SECONDS]`. Prints its figures as one line of JSON.

const [test, proxyHost, proxyPort, siteHost, sitePort, seconds = '5'] = process.argv.slice(2);
const THROUGHPUT_MS = Number(seconds) * 1_000;
const ECHOES = 2_000;
const CONNECTIONS = 1_500;
const PARALLEL_CONNECTIONS = 8;
const FETCHES = 50;
const FETCH_BYTES = 100_000;

async function connect(): Promise<Socket> {
  const { socket, code } = await socksConnect(Number(proxyPort), siteHost!, Number(sitePort), proxyHost);
  if (code !== 0) throw new Error(`the proxy refused: reply ${code}`);
  return socket.setNoDelay(true).resume();
}

/** Mbit/s that arrive in one download. */
async function download(): Promise<number> {
  const socket = await connect();
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  socket.write('D');
  return throughput(() => bytes, socket);
}

/** Mbit/s that leave in one upload. */
async function upload(): Promise<number> {
  const socket = await connect();
  const chunk = Buffer.alloc(262_144, 7);
  const pour = (): void => {
    while (socket.write(chunk));
  };
  socket.on('drain', pour);
  socket.write('U');
  pour();
  return throughput(() => socket.bytesWritten - socket.writableLength, socket);
}

async function throughput(bytes: () => number, socket: Socket): Promise<number> {
  const startedAtMs = performance.now();
  await sleep(THROUGHPUT_MS);
  const mbps = (bytes() * 8) / (performance.now() - startedAtMs) / 1_000;
  socket.destroy();
  return mbps;
}

/** The median echo round trip, in us. */
async function ping(): Promise<number> {
  const socket = await connect();
  socket.write('E');
  const timesUs: number[] = [];
  for (let index = 0; index < ECHOES; index++) {
    const sentAtMs = performance.now();
    socket.write('x');
    await once(socket, 'data');
    timesUs.push((performance.now() - sentAtMs) * 1_000);
  }
  socket.destroy();
  return median(timesUs);
}

/** Connections a second, each with one echo, eight at a time. */
async function connections(): Promise<number> {
  let left = CONNECTIONS;
  const startedAtMs = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const socket = await connect();
      socket.write('Ex');
      await once(socket, 'data');
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CONNECTIONS }, worker));
  return (CONNECTIONS * 1_000) / (performance.now() - startedAtMs);
}

/** The median time of 100 KB over a fresh connection, in ms. */
async function fetch(): Promise<number> {
  const timesMs: number[] = [];
  for (let index = 0; index < FETCHES; index++) {
    const startedAtMs = performance.now();
    const socket = await connect();
    const request = Buffer.from('F0000');
    request.writeUInt32BE(FETCH_BYTES, 1);
    socket.write(request);
    for (let bytes = 0; bytes < FETCH_BYTES;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      bytes += chunk.length;
    }
    timesMs.push(performance.now() - startedAtMs);
    socket.destroy();
  }
  return median(timesMs);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

const TESTS: Readonly<Record<string, () => Promise<number>>> = {
  down: download,
  up: upload,
  ping,
  conn: connections,
  fetch,
};

process.stdout.write(`${JSON.stringify(await TESTS[test!]!())}\n`);
process.exit(0);
