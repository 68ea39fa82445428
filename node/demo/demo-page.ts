import { createServer } from 'node:http';

/** A page on loopback that tells who asked for it, so that the demo works without the internet. */
export interface DemoPage {
  readonly url: string;
  /** Idempotent, never rejects. */
  close(): Promise<void>;
}

/** Serves the page on a free port. Rejects with the system's error. */
export function openDemoPage(): Promise<DemoPage> {
  const server = createServer((request, response) => {
    const { remoteAddress, remotePort } = request.socket;
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(
      `Hello through the mesh! The exit that asked for this page did so from ${remoteAddress}:${remotePort}.\n`,
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => closeServer(server) });
    });
  });
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
