import { once } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { DemoProcess } from '../fixtures/demo-process.ts';
import { howEnded } from '../fixtures/how-ended.ts';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { openWebSite } from '../fixtures/site.ts';
import { socksConnect } from '../socks/fixtures/socks-client.ts';

// The exit in use dies while it is being used, twice: killed, and silent as if its cable had been pulled.

const RESET_WITHIN_MS = 6_000;
const ASK_EVERY_MS = 100;
const AT_ONCE_MS = 1_000;
/** A pinned site waits so long for its exit to come back. */
const SUSPENDED_MS = 29_000;
const MOVED_AFTER_MS = 13_000;

t.setTimeout(240_000);
// Most of it is waiting.
t.jobs = 2;

for (const [how, signal] of [
  ['killed', 'SIGKILL'],
  ['silent', 'SIGSTOP'],
] as const) {
  t.test(
    `the exit in use is ${how}: connections are reset within 6 s, other sites go on at once, its own after 30 s`,
    { buffered: true },
    async (t) => {
      const demo = await DemoProcess.start();
      const web = await openWebSite();
      const pids = [1, 2, 3].map((id) => demo.exitPid(id));
      t.teardown(async () => {
        web.close();
        for (const pid of pids) signalIfThere(pid, 'SIGCONT');
        await demo.stop();
      });
      const download = await open(demo);
      const ended = howEnded(download);
      const used = (await demo.nodes()).find((node) => node.streams > 0)!;
      process.kill(demo.exitPid(used.id), signal);
      const load = new MachineLoad();
      const diedAtMs = performance.now();
      const end = await ended;
      const tookMs = performance.now() - diedAtMs;
      t.comment(`reset after ${Math.round(tookMs)} ms`);
      t.equal(end, 'ECONNRESET');
      t.ok(tookMs < load.limit(RESET_WITHIN_MS), `within ${RESET_WITHIN_MS} ms`);

      const openedAtMs = performance.now();
      const other = await socksConnect(demo.proxyPort, 'localhost', web.port);
      t.equal(other.code, 0, 'a site that has no pin gets another exit');
      t.comment(`that took ${Math.round(performance.now() - openedAtMs)} ms`);
      t.ok(performance.now() - openedAtMs < load.limit(AT_ONCE_MS), 'at once');
      other.socket.destroy();

      // Each try is refused while the site waits for its exit.
      for (let code = -1; code !== 0 && performance.now() - diedAtMs < SUSPENDED_MS + load.limit(MOVED_AFTER_MS);) {
        const again = await socksConnect(demo.proxyPort, '127.0.0.1', web.port);
        code = again.code;
        again.socket.destroy();
        await sleep(ASK_EVERY_MS);
      }
      const movedMs = performance.now() - diedAtMs;
      t.comment(`the site that was at the dead exit works again after ${Math.round(movedMs)} ms`);
      t.ok(movedMs > SUSPENDED_MS, 'not before the exit had its time to come back');
      t.ok(movedMs < SUSPENDED_MS + load.limit(MOVED_AFTER_MS), `soon then: ${Math.round(movedMs)} ms`);

      function signalIfThere(pid: number, name: NodeJS.Signals): void {
        try {
          process.kill(pid, name);
        } catch {
          // it was killed
        }
      }

      async function open(demo: DemoProcess): Promise<Socket> {
        const { socket, code } = await socksConnect(demo.proxyPort, '127.0.0.1', web.port);
        t.equal(code, 0);
        socket.write(`GET /bytes/100000000000 HTTP/1.1\r\nhost: x\r\n\r\n`);
        socket.on('data', () => {});
        await once(socket, 'data');
        return socket;
      }
    },
  );
}
