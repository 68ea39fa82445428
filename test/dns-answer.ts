import fc from 'fast-check';
import t from 'tap';
import { answerDns, readDnsQuestion } from './fixtures/programs/dns-answer.ts';

const NAMES = new Map([['www.alpha.example', '11.0.2.1']]);
const HEADER = '1234 0100 0001 0000 0000 0000';
const WWW = '03777777 05616c706861 076578616d706c65 00';

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

const TABLE: readonly (readonly [string, string, string])[] = [
  [
    'a name',
    `${HEADER} ${WWW} 0001 0001`,
    `1234 8500 0001 0001 0000 0000 ${WWW} 0001 0001 c00c 0001 0001 00000005 0004 0b000201`,
  ],
  [
    'its IPv6 address, which it has not',
    `${HEADER} ${WWW} 001c 0001`,
    `1234 8500 0001 0000 0000 0000 ${WWW} 001c 0001`,
  ],
  [
    'capitals',
    `${HEADER} ${WWW.replace('777777', '575777')} 0001 0001`,
    `1234 8500 0001 0001 0000 0000 ${WWW.replace('777777', '575777')} 0001 0001 c00c 0001 0001 00000005 0004 0b000201`,
  ],
  [
    'a name that nobody has, with an additional record',
    `1234 0100 0001 0000 0000 0001 03777777 00 0001 0001 00 0029 0400 0000 0000 0000`,
    `1234 8503 0001 0000 0000 0000 03777777 00 0001 0001`,
  ],
];

t.test('questions and answers', async (t) => {
  for (const [name, query, answer] of TABLE)
    t.equal(answerDns(bytes(query), NAMES)?.toString('hex'), bytes(answer).toString('hex'), name);
  t.same(readDnsQuestion(bytes(TABLE[2]![1]))?.question, { name: 'www.alpha.example', type: 1 });
});

t.test('what is no question', async (t) => {
  const query = bytes(TABLE[0]![1]);
  for (let length = 0; length < query.length; length++)
    t.equal(answerDns(query.subarray(0, length), NAMES), null, `${length} bytes`);
  const table = [
    ['an answer', bytes(TABLE[0]![2])],
    ['two questions', bytes(`1234 0100 0002 0000 0000 0000 ${WWW} 0001 0001`)],
    ['a pointer', bytes(`${HEADER} c00c 0001 0001`)],
    ['another class', bytes(`${HEADER} ${WWW} 0001 0003`)],
  ] as const;
  for (const [name, wrong] of table) t.equal(answerDns(wrong, NAMES), null, name);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
      const answer = answerDns(Buffer.from(any), NAMES);
      return answer === null || answer.length <= any.length + 16;
    }),
  );
});
