import t from 'tap';
import { SentTags } from '../../../mesh/peering/sent-tags.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';

function tagOf(message: Uint8Array): Uint8Array {
  return message.subarray(48, 64);
}

t.test('the tags of a batch are known, whatever the last one’s length', async (t) => {
  const tags = new SentTags();
  const messages = [200, 200, 200, 90].map((bytes, seed) => seededBytes(seed, bytes));
  const buffer = Buffer.concat([...messages, seededBytes(9, 200)]);
  tags.note(buffer, 690, 200);
  for (const message of messages) t.ok(tags.has(tagOf(message)));
  t.notOk(tags.has(tagOf(seededBytes(9, 200))), 'what lies behind the end was not sent');
  for (let at = 0; at < 8; at++) {
    const other = tagOf(messages[0]!).slice();
    other[at]! ^= 1;
    t.notOk(tags.has(other), `byte ${at}`);
  }
});

t.test('zeros are known only where they were sent', async (t) => {
  const tags = new SentTags();
  t.notOk(tags.has(new Uint8Array(16)));
  tags.note(new Uint8Array(64), 64, 64);
  t.ok(tags.has(new Uint8Array(16)));
});

t.test('the last 512 are known', async (t) => {
  const tags = new SentTags();
  for (let seed = 0; seed < 600; seed++) tags.note(seededBytes(seed, 64), 64, 64);
  t.notOk(tags.has(tagOf(seededBytes(87, 64))));
  for (let seed = 88; seed < 600; seed++) if (!tags.has(tagOf(seededBytes(seed, 64)))) t.fail(`${seed}`);
});

t.test('bytes too few for a message are none', async (t) => {
  const tags = new SentTags();
  tags.note(new Uint8Array(63), 63, 63);
  t.notOk(tags.has(new Uint8Array(16)));
});
