import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { systemErrorCode } from '../user-error.ts';

const LOOPBACK = '127.0.0.1';

/** A TCP port on loopback that was free a moment ago. */
export function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** A UDP port on loopback that was free a moment ago. */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.on('error', reject);
    socket.bind(0, LOOPBACK, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** The first TCP port on loopback from `firstPort` on that is free; after 100 taken ones, any free one. */
export async function freeTcpPortFrom(firstPort: number): Promise<number> {
  for (let port = firstPort; port < firstPort + 100; port++) {
    if (await isFree(port)) return port;
  }
  return freeTcpPort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error) => {
      const code = systemErrorCode(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}
