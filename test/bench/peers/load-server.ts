import { createServer } from 'node:net';

// The site of the comparison, a process of its own in the far namespace: `load-server.js HOST PORT`. A connection's first byte says what
// it does: D sends without end, U reads without end, E echoes, F and four bytes sends so many.

const [host, port] = process.argv.slice(2);
const CHUNK = Buffer.alloc(262_144, 7);

const server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  let mode = '';
  let head = Buffer.alloc(0);
  const pour = (): void => {
    while (socket.writable && socket.write(CHUNK));
  };
  socket.on('data', (bytes: Buffer) => {
    if (mode === 'E') socket.write(bytes);
    if (mode !== '') return;
    head = Buffer.concat([head, bytes]);
    const wanted = String.fromCharCode(head[0]!);
    if (wanted === 'F' && head.length < 5) return;
    mode = wanted;
    if (mode === 'D') {
      socket.on('drain', pour);
      pour();
    } else if (mode === 'F') {
      socket.write(Buffer.alloc(head.readUInt32BE(1), 7));
    } else if (mode === 'E' && head.length > 1) {
      socket.write(head.subarray(1));
    }
  });
});
server.listen(Number(port), host);
