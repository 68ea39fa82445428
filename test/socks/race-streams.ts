import t from 'tap';
import { RaceStreams } from '../../socks/race-streams.ts';
import { targetText } from '../../socks/host-text.ts';
import { streamPair, type PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { settled } from './fixtures/schedulers.ts';

const target = { host: { type: 'name', name: 'a.test' }, port: 443 } as const;
const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;
const place = { address: Uint8Array.of(192, 0, 2, 9), country: null, position: null };

function setup() {
  const far: PairedStream[] = [];
  const heard: string[] = [];
  const race = new RaceStreams({
    target,
    openStream: (exit, asked) => {
      heard.push(`${exit} ${targetText(asked)}`);
      const pair = streamPair({ target: asked, exit, client: nodeId(1) });
      far.push(pair.far);
      return pair.near;
    },
    opened: (exit, { connectMs }) => heard.push(`${exit} opened in ${connectMs}`),
    failed: (exit, reason) => heard.push(`${exit} ${reason}`),
    located: (destination) => heard.push(destination === null ? 'nowhere' : `at ${destination.address[3]}`),
  });
  return { race, far, heard };
}

t.test('what exits answer, and the winner keeps what the site said first', async (t) => {
  const { race, far, heard } = setup();
  for (const id of [2, 3, 4, 5]) race.open(nodeId(id));
  t.equal(race.take(nodeId(2)), null, 'not opened yet');
  far[0]!.accept(bound, 7);
  far[0]!.write(Buffer.from('hello'));
  far[1]!.refuse('timed-out');
  far[2]!.reset('reset-by-far');
  far[3]!.reset('session-gone');
  await settled();
  t.same(heard.splice(4), ['2 opened in 7', '3 timed-out', '4 connection-refused', '5 failed']);
  const won = race.take(nodeId(2));
  race.close();
  race.close();
  t.notOk(far[0]!.over);
  t.equal(Buffer.from(won!.stream.read()!).toString(), 'hello');
  t.equal(won!.opened.connectMs, 7);
  t.equal(race.take(nodeId(2)), null, 'only once');
});

t.test('an exit that is tried again has one stream, and only what that one says counts', async (t) => {
  const { race, far, heard } = setup();
  race.open(nodeId(2));
  race.open(nodeId(2));
  far[0]!.accept(bound, 1);
  await settled();
  t.same(heard.splice(0), ['2 a.test:443', '2 a.test:443']);
  t.equal(race.take(nodeId(2)), null);
  t.ok(far[0]!.over, 'the exit does not keep what nobody uses');
  far[1]!.accept(bound, 9);
  await settled();
  t.same(heard, ['2 opened in 9']);
  t.equal(race.take(nodeId(2))?.opened.connectMs, 9);
});

t.test('closing resets what is left, silently', async (t) => {
  const { race, far, heard } = setup();
  race.open(nodeId(2));
  race.locate(nodeId(2));
  race.close();
  await settled();
  t.ok(far.every((stream) => stream.over));
  t.same(heard, ['2 a.test:443', '2 a.test:0']);
});

t.test('where a target is, or that nobody says', async (t) => {
  const asked: string[][] = [];
  for (const answer of [
    (far: PairedStream) => far.accept(bound, 0, place),
    (far: PairedStream) => far.refuse('no-such-host'),
    (far: PairedStream) => far.reset('session-gone'),
  ]) {
    const { race, far, heard } = setup();
    race.locate(nodeId(2));
    answer(far[0]!);
    await settled();
    asked.push(heard.slice(1));
  }
  t.same(asked, [['at 9'], ['nowhere'], ['nowhere']]);
});
