import { connect } from 'node:net';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { askNode } from '../../../node/control/control-client.ts';
import { MAX_REQUEST_BYTES } from '../../../node/control/control-request.ts';
import { shortFolder } from '../fixtures/short-folder.ts';
import { ControlServer, type ControlHandler } from '../../../node/control/control-server.ts';

const NEVER: ControlHandler = () => {
  throw new Error('was asked');
};

async function serve(t: Test, handler: ControlHandler): Promise<string> {
  const path = join(shortFolder(t), 's');
  const server = await ControlServer.listen(path, handler);
  t.teardown(() => server.close());
  return path;
}

/** Sends bytes, ends that side where told to, and returns all that came back until the other side closed. */
async function exchange(path: string, parts: readonly (string | Uint8Array)[], end: boolean): Promise<string> {
  const socket = connect(path);
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString()));
  // Cut off while still writing: what matters is that nothing came back.
  socket.on('error', () => {});
  for (const part of parts) socket.write(part);
  if (end) socket.end();
  await new Promise((resolve) => socket.on('close', resolve));
  return answer;
}

t.test('the socket is private, and gone after close', async (t) => {
  const path = join(shortFolder(t), 's');
  const server = await ControlServer.listen(path, NEVER);
  t.equal(statSync(path).mode & 0o777, 0o600);
  await Promise.all([server.close(), server.close()]);
  t.notOk(existsSync(path));
});

t.test('a request is answered by items and an end', async (t) => {
  const path = await serve(t, (request, send) => {
    send(request);
    send([1, 'line\nbreak']);
  });
  const items: unknown[] = [];
  await askNode(path, { do: 'ping', node: 3, count: 2, everyMs: 1000 }, (item) => items.push(item));
  t.same(items, [{ do: 'ping', node: 3, count: 2, everyMs: 1000 }, [1, 'line\nbreak']]);
});

t.test('a request may come a byte at a time', async (t) => {
  const path = await serve(t, (_request, send) => send('here'));
  const answer = await exchange(path, [...'{"do":"status"}\n'], false);
  t.equal(answer, '{"type":"item","value":"here"}\n{"type":"end"}\n');
});

t.test('what the node refuses is said in its words', async (t) => {
  const path = await serve(t, () => Promise.reject(new Error('Node 9 is not known.')));
  await t.rejects(
    askNode(path, { do: 'status' }, () => {}),
    { code: 'refused', message: 'Node 9 is not known.' },
  );
});

t.test('a client that goes away aborts what it asked for', async (t) => {
  let aborted = (): void => {};
  const done = new Promise<void>((resolve) => (aborted = resolve));
  const path = await serve(t, (_request, send, { signal }) => {
    send('started');
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted();
        resolve();
      });
    });
  });
  const stop = new AbortController();
  await askNode(path, { do: 'status' }, () => stop.abort(), { signal: stop.signal });
  await done;
});

t.test('closing cuts off a client that waits for an answer', async (t) => {
  const path = join(shortFolder(t), 's');
  const server = await ControlServer.listen(path, (_request, send) => {
    send('started');
    return new Promise(() => {});
  });
  await t.rejects(
    askNode(path, { do: 'status' }, () => void server.close()),
    { code: 'cut-off' },
  );
});

t.test('nobody there is said as such', async (t) => {
  await t.rejects(
    askNode(join(shortFolder(t), 'nobody'), { do: 'status' }, () => {}),
    { code: 'not-running' },
  );
});

t.test('what is not a request is cut off without a word', async (t) => {
  const path = await serve(t, NEVER);
  const bad: readonly (readonly [string, boolean, ...(string | Uint8Array)[]])[] = [
    ['nothing', true],
    ['no newline', true, '{"do":"status"}'],
    ['an empty line', false, '\n'],
    ['not JSON', false, 'GET / HTTP/1.1\r\n'],
    ['another command', false, '{"do":"stop"}\n'],
    ['a key too many', false, '{"do":"status","x":1}\n'],
    ['a number out of range', false, '{"do":"ping","node":255,"count":1,"everyMs":1000}\n'],
    ['a part of a number', false, '{"do":"ping","node":1.5,"count":1,"everyMs":1000}\n'],
    ['no end of pings', false, '{"do":"ping","node":1,"count":1e9,"everyMs":1000}\n'],
    ['a document that is not base64', false, '{"do":"admit","kind":"revocation","document":"?"}\n'],
    ['a document too long', false, `{"do":"admit","kind":"revocation","document":"${'A'.repeat(2048)}"}\n`],
    ['an array', false, '[]\n'],
    ['a prototype', false, '{"do":"__proto__"}\n'],
    ['two requests', false, '{"do":"status"}\n{"do":"status"}\n'],
    ['a line too long', false, 'x'.repeat(MAX_REQUEST_BYTES + 1)],
    ['a line far too long', false, ...Array<string>(64).fill('x'.repeat(65_536))],
    ['bytes that are not UTF-8', false, new Uint8Array([0xff, 0xfe, 0x00, 0x0a])],
  ];
  for (const [name, end, ...parts] of bad) t.equal(await exchange(path, parts, end), '', name);
});

t.test('seeded garbage neither gets an answer nor stops the server', async (t) => {
  const path = await serve(t, (_request, send) => send('alive'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), async (parts) => {
      t.equal(await exchange(path, parts, true), '');
    }),
    { seed: 7, numRuns: 60 },
  );
  t.match(await exchange(path, ['{"do":"nodes"}\n'], false), /alive/);
});
