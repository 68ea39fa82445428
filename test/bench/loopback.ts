import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { DemoProcess } from '../fixtures/demo-process.ts';
import { openTalkativeSite, openWebSite } from '../fixtures/site.ts';
import { socksConnect } from '../socks/fixtures/socks-client.ts';

const DOWNLOAD_MS = 4_000;
const ECHOES = 1_000;

/** Lines: what goes through the demo's real processes and sockets on this machine. */
export async function benchLoopback(): Promise<string[]> {
  const demo = await DemoProcess.start();
  const web = await openWebSite();
  const echo = await openTalkativeSite();
  try {
    const used = async (): Promise<string> => (await demo.nodes()).find((node) => node.streams > 0)?.link ?? 'none';
    const { socket: download } = await socksConnect(demo.proxyPort, '127.0.0.1', web.port);
    let bytes = 0;
    download.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
    download.write('GET /bytes/1000000000000 HTTP/1.1\r\nhost: x\r\n\r\n');
    const startMs = performance.now();
    const link = await used();
    await new Promise((resolve) => setTimeout(resolve, DOWNLOAD_MS));
    const mbps = (bytes * 8) / (performance.now() - startMs) / 1_000;
    download.destroy();

    const { socket } = await socksConnect(demo.proxyPort, '127.0.0.1', echo.port);
    await once(socket, 'data');
    const timesMs: number[] = [];
    for (let i = 0; i < ECHOES; i++) {
      const sentAtMs = performance.now();
      socket.write('x');
      await once(socket, 'data');
      timesMs.push(performance.now() - sentAtMs);
    }
    socket.destroy();
    timesMs.sort((a, b) => a - b);
    const medianMs = timesMs[ECHOES / 2]!;
    const p99Ms = timesMs[Math.floor(ECHOES * 0.99)]!;
    return [
      `download by ${link}: ${mbps.toFixed(0)} Mbit/s (site, exit, client and reader share this machine)`,
      `echo round trip: median ${(medianMs * 1_000).toFixed(0)} us, p99 ${(p99Ms * 1_000).toFixed(0)} us`,
    ];
  } finally {
    web.close();
    echo.close();
    await demo.stop();
  }
}
