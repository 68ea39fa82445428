import fc from 'fast-check';
import t from 'tap';
import {
  parseControlReply,
  parseControlRequest,
  type ControlReply,
  type ControlRequest,
} from '../../../node/control/control-request.ts';

const REQUESTS: readonly ControlRequest[] = [
  { do: 'status' },
  { do: 'nodes' },
  { do: 'ping', node: 254, count: 10_000, everyMs: 10 },
  { do: 'paths', node: 254 },
  { do: 'drain', stopAfterS: null, backInS: null },
  { do: 'drain', stopAfterS: 604_800, backInS: 600 },
  { do: 'undrain' },
  { do: 'why', host: '' },
  { do: 'admit', kind: 'revocation', document: 'AQID' },
  { do: 'admit', kind: 'key-change', document: '' },
];
const REPLIES: readonly ControlReply[] = [
  { type: 'item', value: { any: ['thing', null] } },
  { type: 'end' },
  { type: 'error', message: 'Say what to do.' },
];

t.test('each line is read back, and no part of it', (t) => {
  for (const request of REQUESTS) {
    const line = JSON.stringify(request);
    t.same(parseControlRequest(line), request);
    for (let length = 0; length < line.length; length++) t.equal(parseControlRequest(line.slice(0, length)), null);
  }
  for (const reply of REPLIES) {
    const line = JSON.stringify(reply);
    t.same(parseControlReply(line), reply);
    for (let length = 0; length < line.length; length++) t.equal(parseControlReply(line.slice(0, length)), null);
  }
  t.end();
});

t.test('other JSON is no request', (t) => {
  fc.assert(
    fc.property(fc.json(), (line) => {
      t.equal(parseControlRequest(line), null);
    }),
    { seed: 3, numRuns: 200 },
  );
  for (const line of [
    '{"do":"drain"}',
    '{"do":"drain","stopAfterS":-1,"backInS":null}',
    '{"do":"drain","stopAfterS":604801,"backInS":null}',
    '{"do":"drain","stopAfterS":1,"backInS":601}',
    '{"do":"drain","stopAfterS":1.5,"backInS":null}',
    '{"do":"undrain","x":1}',
    '{"do":"paths"}',
    '{"do":"paths","node":255}',
    '{"do":"stop"}',
    '{"do":"status","x":1}',
    '{"do":"ping","node":0,"count":1,"everyMs":10}',
  ]) {
    t.equal(parseControlRequest(line), null, line);
  }
  t.end();
});
