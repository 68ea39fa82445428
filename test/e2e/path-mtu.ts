import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { ip } from '../fixtures/namespaces/ip-command.ts';
import { makeMesh } from '../fixtures/namespaces/make-mesh.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';
import { startClientProgram, startWebServer } from '../fixtures/programs/start-programs.ts';

// A real download through real processes, while the path between them takes shorter and shorter datagrams.

t.setTimeout(240_000);
t.jobs = 2;
const RATE_MBPS = 10;
const STAGE_MS = 4_000;
const STALL_MS = 2_000;
const LEAST_STAGE_BYTES = 400_000;
const MTUS = [1_500, 1_124, 576] as const;
const skip = await whyNoNamespaces();

for (const options of ['koffi', 'none'] as const) {
  const name = `a download goes on as the path MTU falls; socket options: ${options}`;
  t.test(name, { skip, buffered: true }, async (t) => {
    const network = EmulatedNetwork.start(t, 'path MTU');
    const near = await network.addHost('near', ['11.0.0.1']);
    const far = await network.addHost('far', ['11.0.1.1']);
    const web = await network.addHost('web', ['11.0.2.1']);
    await network.link(near.address, far.address, { delayMs: 1, rateMbps: RATE_MBPS });
    const environment = options === 'none' ? { USERVPN_SOCKET_OPTIONS: options } : {};
    const nodes = await makeMesh(network, [
      { host: far, isExit: true, environment },
      { host: near, proxyPort: 1080, environment },
    ]);
    await startWebServer(web.namespace);
    const programs = await startClientProgram(near.namespace);
    await Promise.all(nodes.map((node) => node.start()));
    await nodes[1]!.untilUp(1);

    const [download] = await programs.call('hold', [{ host: web.address, path: '/bytes/100000000000' }]);
    for (const mtu of MTUS) {
      for (const { namespace } of [near, far]) ip('-n', namespace.name, 'link', 'set', 'wan0', 'mtu', String(mtu));
      const before = await programs.call('held', download!);
      await sleep(STAGE_MS);
      const after = await programs.call('held', download!);
      const bytes = after.bytes - before.bytes;
      t.comment(`MTU ${mtu}: ${(bytes / 1e6).toFixed(1)} MB, longest gap ${after.longestGapMs.toFixed(0)} ms`);
      t.ok(after.longestGapMs < STALL_MS, `MTU ${mtu}: no gap of ${STALL_MS} ms`);
      t.ok(bytes > LEAST_STAGE_BYTES, `MTU ${mtu}: more than ${LEAST_STAGE_BYTES} bytes`);
    }
  });
}
