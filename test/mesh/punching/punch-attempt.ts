import t from 'tap';
import {
  chosenWord,
  dueAtMs,
  type PunchAttempt,
  type PunchWord,
  withWord,
  wordOf,
  wordsInTurn,
} from '../../../mesh/punching/punch-attempt.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from '../peering/fixtures/fake-link.ts';

t.test(
  'an attempt has something to do when it opens the NAT, as soon as there is a link, and when it ends',
  async (t) => {
    const attempt: PunchAttempt = {
      peer: nodeId(50),
      place: 'far',
      words: [],
      endpoint: endpoint('udp'),
      beganAtMs: 0,
      untilMs: 10_000,
      dialId: 1,
      link: null,
      openAtMs: 100,
      openersSent: 0,
    };
    t.equal(dueAtMs(attempt), 10_000);
    attempt.link = new FakeLink();
    t.equal(dueAtMs(attempt), 100);
    attempt.openAtMs = Infinity;
    t.equal(dueAtMs(attempt), 10_000);
  },
);

function word(server: number, token: number, isLead = true): PunchWord {
  return { server: nodeId(server), token: new Uint8Array(8).fill(token), isLead, openings: 0 };
}

const tokensOf = (words: readonly PunchWord[]): readonly number[] => words.map(({ token }) => token[0]!);

t.test('of two that asked the lower number counts, as both see it, and the newest of its asks', async (t) => {
  const own = [word(1, 1, true), word(1, 2, false), word(2, 3, true), word(2, 4, false)];
  t.equal(chosenWord({ peer: nodeId(50), words: own }, nodeId(40)).token[0], 3);
  const its = own.map((each) => ({ ...each, isLead: !each.isLead }));
  t.equal(chosenWord({ peer: nodeId(40), words: its }, nodeId(50)).token[0], 3);
  t.equal(chosenWord({ peer: nodeId(50), words: [word(1, 7, false)] }, nodeId(40)).token[0], 7, 'the only one');
});

t.test('what a server says takes the place of what it said before, never of what another did', async (t) => {
  let words: readonly PunchWord[] = [word(1, 1)];
  for (let token = 2; token < 99; token++) words = withWord(words, word(2, token));
  t.same(tokensOf(words), [1, 97, 98]);
  words = withWord(words, word(1, 99));
  t.same(tokensOf(words), [1, 97, 98, 99]);
  t.same(tokensOf(withWord(words, word(1, 100))), [97, 98, 99, 100]);
  for (let server = 3; server < 30; server++) words = withWord(words, word(server, 100 + server));
  t.same(tokensOf(words), [1, 97, 98, 99, 103, 104, 105, 106], 'there are never more than eight');
});

t.test('tokens are compared whole', async (t) => {
  const attempt = { words: [word(1, 1), word(2, 2)] } as unknown as PunchAttempt;
  t.equal(wordOf(attempt, new Uint8Array(8).fill(2))?.server, 2);
  for (const token of [new Uint8Array(8), new Uint8Array(7).fill(2), new Uint8Array(9).fill(2), new Uint8Array(0)]) {
    t.equal(wordOf(attempt, token), null);
  }
});

t.test('the one that counts is sent first, and then the others in turn', async (t) => {
  const words = [word(1, 1, false), word(2, 2, true), word(1, 3, false), word(2, 4, true)];
  const inTurn = (openersSent: number): readonly number[] =>
    tokensOf(wordsInTurn({ peer: nodeId(50), words, openersSent }, nodeId(60)));
  t.same(inTurn(0), [3, 4, 2, 1]);
  t.same(inTurn(1), [4, 2, 1, 3]);
  t.same(inTurn(3), [1, 3, 4, 2]);
  t.same(inTurn(4), inTurn(0));
});
