import t from 'tap';
import { handOver } from '../../../node/cli/hand-over.ts';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('a document counts as handed over where the node took it', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const document = new Uint8Array(105);
  t.equal(await handOver(loaded, 'revocation', document), false, 'nobody is there');
  const node = await runMadeUpNode(t, loaded);
  t.equal(await handOver(loaded, 'revocation', document), true);
  t.equal(await handOver(loaded, 'key-change', document), false, 'the node refused it');
  t.same(node.admitted, ['revocation of 105 bytes', 'key-change of 105 bytes']);
});
