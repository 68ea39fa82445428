import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { RelayOutlet } from '../../../mesh/relaying/relay-outlet.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';

t.test('a link that is full is given 20 ms more, and then nothing until it is writable again', async (t) => {
  const link = new FakeLink();
  const outlet = new RelayOutlet(new PeerLink(link, null));
  t.ok(outlet.takes(1_232, 0));
  link.writable = false;
  t.ok(outlet.takes(1_232, 1_000));
  t.ok(outlet.takes(1_232, 1_019));
  t.notOk(outlet.takes(1_232, 1_020));
  t.notOk(outlet.takes(1_232, 5_000));
  link.writable = true;
  t.ok(outlet.takes(1_232, 5_001));
  link.writable = false;
  t.ok(outlet.takes(1_232, 5_002), 'the 20 ms begin anew');
});

t.test('what the link can not carry whole is not taken', async (t) => {
  const datagrams = new RelayOutlet(new PeerLink(new FakeLink(), null));
  t.ok(datagrams.takes(1_232, 0));
  t.notOk(datagrams.takes(1_233, 0));
  const reliable = new RelayOutlet(new PeerLink(new FakeLink({ reliable: true }), null));
  t.ok(reliable.takes(1_472, 0));
  t.ok(reliable.takes(65_536, 0));
  t.notOk(reliable.takes(65_537, 0));
});
