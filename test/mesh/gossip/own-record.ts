import t from 'tap';
import { decodeNodeRecord, verifyNodeRecord } from '../../../mesh/gossip/node-record.ts';
import { OwnRecord } from '../../../mesh/gossip/own-record.ts';
import { credentialOf, descriptionOf, keyPair, recordOf, sodium, witnessed } from './fixtures/documents.ts';

const credential = credentialOf(7);

function ownRecord(): OwnRecord {
  return new OwnRecord(sodium, keyPair(7).secretKey, { current: 100 });
}

t.test('each record is newer, and none is made that says nothing new', async (t) => {
  const own = ownRecord();
  t.equal(own.record, null);
  const first = own.describe(credential, descriptionOf('a'));
  t.match(first, { incarnation: 100, sequence: 1, name: 'a' });
  t.equal(own.describe(credential, descriptionOf('a')), null);
  t.equal(own.record, first);
  const second = own.describe(credential, descriptionOf('b'));
  t.match(second, { incarnation: 100, sequence: 2, name: 'b' });
  t.ok(second !== null && verifyNodeRecord(sodium, second));
  t.same(second !== null && decodeNodeRecord(second.bytes), second);
});

t.test('another credential makes another record of the same description', async (t) => {
  const own = ownRecord();
  const seen = witnessed(credential, 42, 1);
  t.equal(own.renew(seen), null, 'nothing was described yet');
  own.describe(credential, descriptionOf('a'));
  t.equal(own.renew(credential), null);
  t.match(own.renew(seen), { sequence: 2, name: 'a', credential: seen });
});

t.test('records with numbers never issued are noticed, each once', async (t) => {
  const own = ownRecord();
  const at = (incarnation: number, sequence: number, name = 'copy') =>
    recordOf(7, { incarnation, sequence }, credential, keyPair(7), descriptionOf(name));
  t.notOk(own.noticeCopy(at(99, 5)), 'from the process before');
  t.notOk(own.noticeCopy(at(100, 0)));
  const first = own.describe(credential, descriptionOf('a'));
  t.ok(first !== null && !own.noticeCopy(first), 'its own');
  t.ok(own.noticeCopy(at(100, 1)), 'the same numbers with another content');
  t.ok(own.noticeCopy(at(100, 2)), 'a sequence never issued');
  t.notOk(own.noticeCopy(at(100, 2)), 'once');
  t.ok(own.noticeCopy(at(101, 1)), 'an incarnation never issued');
  t.notOk(own.noticeCopy(at(100, 3)), 'older than what was noticed');
});
