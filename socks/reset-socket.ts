/** What is needed of a TCP socket to reset it. */
export interface ResettableSocket {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly writableLength: number;
  once(event: 'finish', listener: () => void): unknown;
  resetAndDestroy(): unknown;
}

/**
 * Ends a connection with an RST, so that its other end sees a failure and not an end. Unsent bytes are dropped.
 *
 * `resetAndDestroy()` alone is not safe just after `end()`: until the system has taken the FIN libuv refuses to reset
 * (EINVAL), and the socket is then neither closed nor does it ever say `close`. That lasts one turn of the event loop.
 */
export function resetSocket(socket: ResettableSocket): void {
  // Unsent bytes mean that the FIN has not even been asked for, and a peer that doesn't read might keep it so for ever.
  const finOnItsWay = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (finOnItsWay && !socket.destroyed) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
