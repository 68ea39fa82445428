import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { isInstalled } from '../fixtures/is-installed.ts';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// Which exit gets a site that is new: real processes on machines of their own.

t.setTimeout(240_000);
const PARALLEL = 100;
const skip = await whyNoNamespaces();

t.test('sites are reached from the exit that is near them', { skip }, async (t) => {
  const internet = await ExitInternet.make(t, { seed: 'choice' });
  const { client, exits, programs, web } = internet;
  await internet.start();
  const addresses = exits.map(({ host }) => host.address);

  const [alpha, ...others] = SITES;
  const all = await programs.call(
    'fetch',
    Array.from({ length: PARALLEL }, (_, index) => ({ host: alpha, path: `/${index}` })),
  );
  t.same([...new Set(all.map(({ body }) => body))], [addresses[0]], `${PARALLEL} first connections use one exit`);
  const requests = await web.call('requests');
  t.same([...new Set(requests.map(({ peer }) => peer))], [addresses[0]], 'the site saw one address');
  t.equal(requests.length, PARALLEL, 'and each request once');
  const chosen = client.logged('exit chosen').filter(({ why }) => why !== 'pinned');
  t.match(chosen, [{ site: 'alpha.example', exit: 1 }], 'that was one decision');

  for (const [index, host] of others.entries()) {
    t.equal(await internet.addressAt(host), addresses[index + 1], `${host} is reached from another exit`);
  }
  const again = await Promise.all(SITES.map((host) => internet.addressAt(host)));
  t.same(again, addresses, 'and so it stays');
  const why = await client.why(SITES[1]);
  t.match(why, { site: 'beta.example', pin: { exit: 2, moves: [] } });

  const byUserName = isInstalled('curl') ? await curl(['--proxy-user', 'exit=3:', `http://${alpha}/`]) : addresses[2];
  t.equal(byUserName, addresses[2], 'a user name can ask for an exit');
  const byCurl = isInstalled('curl') ? await curl([`http://${alpha}/`]) : addresses[0];
  t.equal(byCurl, addresses[0], "which changes nothing for others, and curl's names are not looked up here either");

  t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  t.same(await internet.clientsQuestions(), [], 'no name was asked for there');
  const asked = await web.call('questions');
  t.ok(
    SITES.every((site) => asked.some(({ name }) => name === site)),
    'the exits asked for them',
  );

  async function curl(options: readonly string[]): Promise<string> {
    const command = ['curl', '-sS', '--fail', '--max-time', '20', '--socks5-hostname', '127.0.0.1:1080', ...options];
    const inside = ['netns', 'exec', client.host.namespace.name, ...command];
    return (await promisify(execFile)('ip', inside)).stdout;
  }
});
