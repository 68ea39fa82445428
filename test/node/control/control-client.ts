import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askNode, isListening } from '../../../node/control/control-client.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

/** A node that answers any request by `reply`. */
async function answering(t: Test, reply: (socket: Socket) => void): Promise<string> {
  const path = join(shortFolder(t), 's');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => reply(socket));
  }).listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return path;
}

t.test('items come in order, however they are cut', async (t) => {
  const text = '{"type":"item","value":1}\n{"type":"item","value":"zwölf"}\n{"type":"end"}\n';
  const path = await answering(t, (socket) => {
    for (const byte of Buffer.from(text)) socket.write(Uint8Array.of(byte));
  });
  const items: unknown[] = [];
  await askNode(path, { do: 'status' }, (item) => items.push(item));
  t.same(items, [1, 'zwölf']);
});

t.test('what is no proper answer is a failure, not a wait', async (t) => {
  const cases: readonly (readonly [string, (socket: Socket) => void, string])[] = [
    ['nothing', (socket) => socket.end(), 'cut-off'],
    ['half a line', (socket) => socket.end('{"type":"en'), 'cut-off'],
    ['an item without an end', (socket) => socket.end('{"type":"item","value":1}\n'), 'cut-off'],
    ['garbage', (socket) => socket.write('hello\n'), 'cut-off'],
    ['an endless line', (socket) => socket.write('x'.repeat(2 << 20)), 'cut-off'],
    ['a refusal', (socket) => socket.write('{"type":"error","message":"No."}\n'), 'refused'],
  ];
  for (const [name, reply, code] of cases) {
    const path = await answering(t, reply);
    await t.rejects(
      askNode(path, { do: 'status' }, () => {}),
      { code },
      name,
    );
  }
});

t.test('a node that takes the request and says nothing is told apart from one that is not there', async (t) => {
  for (const text of ['', '{"type":"item","value":1}\n']) {
    const path = await answering(t, (socket) => socket.write(text));
    await t.rejects(
      askNode(path, { do: 'status' }, () => {}, { patienceMs: 20 }),
      { code: 'silent' },
    );
  }
});

t.test('nobody there, a dead socket and a file are told apart from somebody', async (t) => {
  const folder = shortFolder(t);
  t.equal(await isListening(join(folder, 'nobody')), false);
  writeFileSync(join(folder, 'file'), '');
  t.equal(await isListening(join(folder, 'file')), false);
  t.equal(await isListening(await answering(t, () => {})), true);
  await t.rejects(
    askNode(join(folder, 'nobody'), { do: 'nodes' }, () => {}),
    { code: 'not-running' },
  );
});
