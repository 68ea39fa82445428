import t from 'tap';
import { Complaints } from '../../../mesh/relaying/complaints.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

t.test('each origin twice a second at most', async (t) => {
  const complaints = new Complaints();
  const [one, two, from] = [nodeId(1), nodeId(2), nodeId(9)];
  t.ok(complaints.mayTell(one, from, 0));
  t.notOk(complaints.mayTell(one, from, 499));
  t.ok(complaints.mayTell(two, from, 499));
  t.ok(complaints.mayTell(one, from, 500), 'a refusal does not put it off');
  t.notOk(complaints.mayTell(one, from, 900));
});

t.test('what one node’s messages used up is there for messages that came from others', async (t) => {
  const complaints = new Complaints();
  for (let from = 2; from <= 254; from++) {
    t.ok(complaints.mayTell(nodeId(1), nodeId(from), from));
    t.notOk(complaints.mayTell(nodeId(1), nodeId(from), from + 1));
  }
  t.ok(complaints.mayTell(nodeId(1), nodeId(2), 10_000));
});
