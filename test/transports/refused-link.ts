import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { refusedLink } from '../../transports/refused-link.ts';
import { TransportError } from '../../transports/transport-error.ts';
import { LinkRecorder } from '../fixtures/link-recorder.ts';
import { sendMessage } from '../fixtures/transport-bench.ts';

const endpoint = { transport: 'tcp', host: 'localhost', port: 80 } as const;
const problem = new TransportError('unsupported', 'a name');

t.test('closes once, after its maker has it', async (t) => {
  const recorder = new LinkRecorder();
  const link = refusedLink(endpoint, problem, recorder);
  t.equal(link.remote, 'tcp://localhost:80');
  t.notOk(link.writable);
  sendMessage(link, 0, 100);
  link.keep();
  t.equal(recorder.events, 0);
  await nextTurn();
  link.close();
  await nextTurn();
  t.strictSame(recorder.failures, [{ link, failure: { code: 'failed', cause: problem } }]);
});

t.test('says nothing when it was closed before', async (t) => {
  const recorder = new LinkRecorder();
  refusedLink(endpoint, problem, recorder).close();
  await nextTurn();
  t.equal(recorder.events, 0);
});
