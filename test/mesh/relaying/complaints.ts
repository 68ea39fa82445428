import t from 'tap';
import { Complaints } from '../../../mesh/relaying/complaints.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

t.test('each origin twice a second at most of what it sent itself', async (t) => {
  const complaints = new Complaints();
  const [one, two] = [nodeId(1), nodeId(2)];
  t.ok(complaints.mayTell(one, one, 0));
  t.notOk(complaints.mayTell(one, one, 499));
  t.ok(complaints.mayTell(two, two, 499));
  t.ok(complaints.mayTell(one, one, 500), 'a refusal does not put it off');
  t.notOk(complaints.mayTell(one, one, 900));
});

t.test('of what a relay says to be theirs all origins together four times at once, and twice a minute', async (t) => {
  const complaints = new Complaints();
  const relay = nodeId(9);
  const told = (): number => {
    let count = 0;
    for (let origin = 10; origin <= 254; origin++) if (complaints.mayTell(nodeId(origin), relay, nowMs)) count++;
    return count;
  };
  let nowMs = 0;
  t.equal(told(), 4);
  nowMs = 29_999;
  t.equal(told(), 0);
  nowMs = 60_000;
  t.equal(told(), 2);
});

t.test('what one node’s messages used up is there for messages that came from others', async (t) => {
  const complaints = new Complaints();
  for (let from = 2; from <= 254; from++) {
    for (let count = 0; count < 4; count++) t.ok(complaints.mayTell(nodeId(1), nodeId(from), from));
    t.notOk(complaints.mayTell(nodeId(1), nodeId(from), from + 1));
  }
  t.ok(complaints.mayTell(nodeId(1), nodeId(1), 300), 'and for its own');
});
