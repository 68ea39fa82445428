import t from 'tap';
import { Complaints } from '../../../mesh/relaying/complaints.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

t.test('each origin twice a second at most', async (t) => {
  const complaints = new Complaints();
  const [one, two] = [nodeId(1), nodeId(2)];
  t.ok(complaints.mayTell(one, 0));
  t.notOk(complaints.mayTell(one, 499));
  t.ok(complaints.mayTell(two, 499));
  t.ok(complaints.mayTell(one, 500), 'a refusal does not put it off');
  t.notOk(complaints.mayTell(one, 900));
});
