import t from 'tap';
import { locateAt, type LocateAnswer } from '../../socks/locate-at.ts';
import { targetText } from '../../socks/host-text.ts';
import { streamPair, type PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { place } from './fixtures/routes.ts';
import { settled } from './fixtures/schedulers.ts';

const bound = { host: { type: 'ip', bytes: Uint8Array.of(0, 0, 0, 0) }, port: 0 } as const;

function ask() {
  const opened: { readonly text: string; readonly near: PairedStream; readonly far: PairedStream }[] = [];
  const heard: LocateAnswer[] = [];
  const giveUp = locateAt(
    (exit, target) => {
      const pair = streamPair({ target, exit, client: nodeId(1) });
      opened.push({ text: `${exit} ${targetText(target)}`, ...pair });
      return pair.near;
    },
    nodeId(3),
    { type: 'name', name: 'a.test' },
    (answer) => heard.push(answer),
  );
  return { ...opened[0]!, heard, giveUp };
}

t.test('one question, one answer, and the stream is over', async (t) => {
  const cases: readonly (readonly [string, (far: PairedStream) => void, LocateAnswer])[] = [
    ['told', (far) => far.accept(bound, 3, place(9, 'DE')), { type: 'located', destination: place(9, 'DE') }],
    ['kept to itself', (far) => far.accept(bound, 3), { type: 'located', destination: null }],
    ['refused', (far) => far.refuse('no-such-host'), { type: 'refused', reason: 'no-such-host' }],
    ['died', (far) => far.reset('session-gone'), { type: 'refused', reason: 'session-gone' }],
    ['reset', (far) => far.reset('protocol-error'), { type: 'refused', reason: 'session-gone' }],
  ];
  for (const [name, answer, expected] of cases) {
    const { text, far, near, heard } = ask();
    t.equal(text, '3 a.test:0', name);
    far.write(Buffer.from('nothing that anybody reads'));
    await settled();
    t.same(heard, [], name);
    answer(far);
    await settled();
    t.same(heard, [expected], name);
    t.ok(near.over && far.over, name);
  }
});

t.test('who gives up hears nothing', async (t) => {
  const { far, heard, giveUp } = ask();
  far.accept(bound, 3, place(9));
  giveUp();
  giveUp();
  await settled();
  t.same(heard, []);
  t.ok(far.over);
});
