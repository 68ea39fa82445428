import t from 'tap';
import { chooseNode, findNode, isNodeNumber } from '../../../node/cli/find-node.ts';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

const NODES = [
  { id: 3, name: 'paris' },
  { id: 1, name: 'Frankfurt' },
  { id: 4, name: 'frankfurt' },
  { id: 7, name: 'tokyo' },
  { id: 8, name: 'Tokyo' },
  { id: 7, name: 'tokyo' },
  { id: 9, name: 'oslo' },
  { id: 10, name: 'oslo' },
  { id: 11, name: '' },
];

t.test('numbers and names', async (t) => {
  for (const [text, id] of [
    ['3', 3],
    ['254', 254],
    ['paris', 3],
    ['Paris', 3],
    ['frankfurt', 4],
    ['Frankfurt', 1],
    ['tokyo', 7],
  ] as const) {
    t.equal(chooseNode('The node', text, NODES), id, text);
  }
});

t.test('what is not one node says which there are', async (t) => {
  for (const [text, message] of [
    ['0', /^The node has to be a node's number, from 1 to 254/],
    ['255', /from 1 to 254/],
    ['1.5', /from 1 to 254/],
    ['-1', /from 1 to 254/],
    ['oslo', /^Nodes 9 and 10 are both called "oslo": say which by its number/],
    ['FRANKFURT', /^Nodes 1 and 4 are both called/],
    [
      'pariss',
      /no node is called "pariss". Did you mean "paris"\? There are: 1 \(Frankfurt\), 3 \(paris\), 4 .*, 11\.$/,
    ],
    ['nowhere', /no node is called "nowhere". There are/],
    ['', /no node is called ""/],
  ] as const) {
    t.throws(() => chooseNode('The node', text, NODES), { code: 'usage', message }, text);
  }
});

t.test('the running node is asked for names only', async (t) => {
  const place = { ...(await networkIn(shortFolder(t))), problem: null };
  const options = { config: place.configPath };
  t.equal(await findNode(place, 'The node', '9', options), 9, 'no node runs');
  await t.rejects(findNode(place, 'The node', 'three', options), { code: 'failed', message: /^No node runs/ });
  const node = await runMadeUpNode(t, place);
  const [known] = node.nodes();
  t.equal(await findNode(place, 'The node', known!.name, options), known!.id);
  t.equal(await findNode(place, 'The node', place.config.name, options), place.config.id, 'this one itself');
});

t.test('what looks like a number is one', async (t) => {
  for (const text of ['1', '-1', '1.5', '300']) t.ok(isNodeNumber(text));
  for (const text of ['a1', '1a', '', 'n-1']) t.notOk(isNodeNumber(text));
});
