import type { NodeId } from '../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import type { RefusalReason } from '../mesh/session/stream-codes.ts';
import type { Destination, Target } from '../mesh/session/target.ts';
import { letGo } from './let-go.ts';
import { locateAt } from './locate-at.ts';

/** An exit's answer to OPEN. */
export type OpenedEvent = Extract<StreamEvent, { readonly type: 'opened' }>;

/** What a {@link RaceStreams} is made of. */
export interface RaceStreamsOptions {
  readonly target: Target;
  readonly openStream: (exit: NodeId, target: Target) => MeshStream;
  readonly opened: (exit: NodeId, event: OpenedEvent) => void;
  /** It could not connect, or the connection is gone again; `failed` where the exit is gone. */
  readonly failed: (exit: NodeId, reason: RefusalReason) => void;
  readonly located: (destination: Destination | null) => void;
}

/** The streams of one race: the same target at several exits, with nothing sent on any of them. */
export class RaceStreams {
  readonly target: Target;
  readonly #options: RaceStreamsOptions;
  readonly #streams = new Map<NodeId, { readonly stream: MeshStream; opened: OpenedEvent | null }>();
  #stopAsking: () => void = () => {};

  constructor(options: RaceStreamsOptions) {
    this.#options = options;
    this.target = options.target;
  }

  /** Opens the target at an exit. */
  open(exit: NodeId): void {
    // Of an exit that was down for a moment, which ended the race before: its answer there would count here.
    const before = this.#streams.get(exit);
    if (before !== undefined) letGo(before.stream);
    const stream = this.#options.openStream(exit, this.target);
    const entry: { readonly stream: MeshStream; opened: OpenedEvent | null } = { stream, opened: null };
    this.#streams.set(exit, entry);
    stream.onEvent = (event) => {
      switch (event.type) {
        case 'opened':
          entry.opened = event;
          this.#options.opened(exit, event);
          return;
        case 'refused':
          this.#drop(exit, event.reason);
          return;
        case 'reset':
          this.#drop(exit, event.reason === 'reset-by-far' ? 'connection-refused' : 'failed');
          return;
        // What a site says first stays in the stream until somebody reads.
        case 'readable':
        case 'writable':
        case 'stopped':
          return;
      }
    };
  }

  /** Asks an exit where the target is. */
  locate(exit: NodeId): void {
    const { openStream, located } = this.#options;
    this.#stopAsking = locateAt(openStream, exit, this.target.host, (answer) =>
      located(answer.type === 'located' ? answer.destination : null),
    );
  }

  /** Hands out the stream of an exit that has opened, and keeps its hands off it from then on; else null. */
  take(exit: NodeId): { readonly stream: MeshStream; readonly opened: OpenedEvent } | null {
    const entry = this.#streams.get(exit);
    if (entry === undefined || entry.opened === null) return null;
    this.#streams.delete(exit);
    entry.stream.onEvent = () => {};
    return { stream: entry.stream, opened: entry.opened };
  }

  /** Resets all that is left. Idempotent. */
  close(): void {
    this.#stopAsking();
    for (const { stream } of this.#streams.values()) letGo(stream);
    this.#streams.clear();
  }

  #drop(exit: NodeId, reason: RefusalReason): void {
    this.#streams.delete(exit);
    this.#options.failed(exit, reason);
  }
}
