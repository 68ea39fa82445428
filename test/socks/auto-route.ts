import t from 'tap';
import { autoRoute } from '../../socks/auto-route.ts';
import { parseHost } from '../../socks/host-text.ts';
import { nodeId } from './fixtures/node-ids.ts';

t.test('where a program sends itself', async (t) => {
  const route = (host: string, overrides = {}): string => {
    const found = autoRoute({ host: parseHost(host)!, port: 443 }, overrides);
    if (found.type !== 'exit') return found.type;
    const { site, policy, whenDown } = found.request;
    return `${site} ${policy.type} ${whenDown}`;
  };
  t.equal(route('www.example.com'), 'example.com any repin');
  t.equal(route('www.example.com', { site: 'work' }), 'example.com#work any repin', 'a pin of its own');
  t.equal(route('www.example.com', { exit: nodeId(7) }), 'example.com exit fail');
  t.equal(route('www.example.com', { country: 'JP' }), 'example.com#country=JP countries repin');
  t.equal(route('www.example.com', { country: 'JP', site: 'a' }), 'example.com#a#country=JP countries repin');
  t.equal(route('0.0.9.0', { exit: nodeId(7) }), '0.0.9.0 exit fail', 'the magic address');
});
