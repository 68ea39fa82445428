import t from 'tap';
import {
  FRAME_CODES,
  GOODBYE_CODES,
  isEliciting,
  PUNCH_STEPS,
  REFUSAL_CODES,
  RESET_CODES,
} from '../../../mesh/session/frame.ts';

t.test('what makes no difference to the session is not acknowledged for itself', async (t) => {
  t.notOk(isEliciting({ type: 'time', sentMs: 0, answer: null }));
  t.notOk(isEliciting({ type: 'unreachable', tag: new Uint8Array(16) }));
  t.notOk(isEliciting({ type: 'response', token: new Uint8Array(8) }));
  t.ok(isEliciting({ type: 'ping' }));
});

t.test('numbers are those of PROTOCOL section 4', async (t) => {
  t.same(FRAME_CODES, {
    padding: 0,
    ping: 1,
    ack: 2,
    repair: 3,
    open: 4,
    opened: 5,
    refused: 6,
    reset: 7,
    stop: 8,
    'max-data': 9,
    'max-stream-data': 10,
    'max-streams': 11,
    blocked: 12,
    parity: 25,
    recovered: 30,
    guarded: 31,
    challenge: 15,
    response: 16,
    observed: 17,
    hello: 18,
    records: 19,
    digest: 20,
    want: 21,
    time: 22,
    unreachable: 23,
    punch: 24,
    oob: 26,
    goodbye: 28,
    witness: 29,
    piece: 34,
    table: 35,
    lost: 36,
    data: 32,
    'data-last': 33,
  });
  t.equal(REFUSAL_CODES.indexOf('overloaded'), 8);
  t.equal(RESET_CODES.indexOf('protocol-error'), 4);
  t.equal(PUNCH_STEPS.indexOf('local'), 3);
  t.equal(GOODBYE_CODES.indexOf('restarting'), 1);
});
