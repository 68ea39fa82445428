import t from 'tap';
import { dueAtMs, type PunchAttempt } from '../../../mesh/punching/punch-attempt.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from '../peering/fixtures/fake-link.ts';

t.test(
  'an attempt has something to do when it opens the NAT, as soon as there is a link, and when it ends',
  async (t) => {
    const attempt: PunchAttempt = {
      peer: nodeId(50),
      isLead: true,
      tokens: [],
      endpoint: endpoint('udp'),
      beganAtMs: 0,
      untilMs: 10_000,
      dialId: 1,
      link: null,
      openAtMs: 100,
      openersSent: 0,
      openings: 0,
    };
    t.equal(dueAtMs(attempt), 10_000);
    attempt.link = new FakeLink();
    t.equal(dueAtMs(attempt), 100);
    attempt.openAtMs = Infinity;
    t.equal(dueAtMs(attempt), 10_000);
  },
);
