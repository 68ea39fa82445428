import type { NodeId } from '../config/node-id.ts';
import type { RefusalReason, ResetReason } from './session/stream-codes.ts';
import type { Destination, Target } from './session/target.ts';

/** What happens to a stream. Nothing follows `refused` or `reset`. */
export type StreamEvent =
  /** The exit connected; bytes may follow. Comes once, on the side that opened the stream. */
  | {
      readonly type: 'opened';
      readonly bound: Target;
      readonly connectMs: number;
      /** Where the exit really connected to; null where it does not say. */
      readonly destination: Destination | null;
    }
  | { readonly type: 'refused'; readonly reason: RefusalReason }
  /** `read` has something, or the peer's side ended. */
  | { readonly type: 'readable' }
  /** `bufferedBytes` fell below `highWaterBytes` again. */
  | { readonly type: 'writable' }
  /** The peer wants no more bytes; what was written and not yet delivered is lost. Reading goes on. */
  | { readonly type: 'stopped'; readonly reason: ResetReason }
  /** Both directions are over; what was not read yet is lost. */
  | { readonly type: 'reset'; readonly reason: ResetReason };

/**
 * A TCP connection's two directions through the mesh. Events come after the call that caused them has returned,
 * never inside a call of this interface.
 */
export interface MeshStream {
  /** The node at the other end. */
  readonly peer: NodeId;
  /** Where the side that opened it asked to connect to. */
  readonly target: Target;
  /** Set once, at once, by whoever takes the stream. */
  onEvent: (event: StreamEvent) => void;

  /** The asked side says it has connected, and where to unless it keeps that to itself. */
  accept(bound: Target, connectMs: number, destination?: Destination | null): void;
  /** The asked side says it has not. Ends the stream. */
  refuse(reason: RefusalReason): void;

  /**
   * Queues bytes, always all of them, and keeps a reference to them until they are delivered: they must not change. Of
   * bytes that are lent, valid within the call only, it keeps a copy.
   */
  write(bytes: Uint8Array, areLent?: boolean): void;
  /** Bytes written and not yet sent. Stop writing from `highWaterBytes` on until `writable`. */
  readonly bufferedBytes: number;
  readonly highWaterBytes: number;
  /** Ends the own direction after what was written (half-close). */
  finish(): void;

  /** The next bytes in order, owned by the caller, or null where there are none now. Reading grants the peer new credit. */
  read(): Uint8Array | null;
  /** Lets what `read` returned be used again, once nobody looks at it any more. Not to be called is no harm. */
  giveBack(piece: Uint8Array): void;
  /** True once the peer's direction ended and all of it was read. */
  readonly readEnded: boolean;

  /** Tells the peer that no more bytes are wanted; the other direction goes on. */
  stop(reason: ResetReason): void;
  /** Ends both directions at once, dropping what is queued. Idempotent. */
  reset(reason: ResetReason): void;
}
