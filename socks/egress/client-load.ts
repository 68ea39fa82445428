import type { NodeId } from '../../config/node-id.ts';

/** Counts what each client keeps an exit busy with, so that one client cannot take it all. */
export class ClientLoad {
  readonly #maxStreams: number;
  readonly #maxDials: number;
  readonly #clients = new Map<NodeId, { streams: number; dials: number }>();

  constructor(maxStreams: number, maxDials: number) {
    this.#maxStreams = maxStreams;
    this.#maxDials = maxDials;
  }

  /** Counts one more stream that is being dialled; false, and nothing counted, where that would be too many. */
  startDial(client: NodeId): boolean {
    const load = this.#clients.get(client) ?? { streams: 0, dials: 0 };
    if (load.streams >= this.#maxStreams || load.dials >= this.#maxDials) return false;
    load.streams++;
    load.dials++;
    this.#clients.set(client, load);
    return true;
  }

  /** The dial is over; its stream still counts. */
  endDial(client: NodeId): void {
    const load = this.#clients.get(client);
    if (load !== undefined) load.dials--;
  }

  /** The stream is over. */
  endStream(client: NodeId): void {
    const load = this.#clients.get(client);
    if (load === undefined) return;
    load.streams--;
    if (load.streams === 0) this.#clients.delete(client);
  }
}
