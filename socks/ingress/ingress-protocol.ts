import type { ConnectFailure } from '../connect-outcome.ts';
import type { ExitOverrides } from '../exits/overrides.ts';
import type { Target } from '../../mesh/session/target.ts';

/** What a program's bytes ask for. Nothing follows `connect` or `close`. */
export type IngressEvent =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** `firstBytes` came after the request in the same read and belong to the stream; a view or a copy, not to be changed. */
  | {
      readonly type: 'connect';
      readonly target: Target;
      readonly firstBytes: Uint8Array;
      /** Absent where the program gave no user name. */
      readonly overrides?: ExitOverrides;
    }
  /** `detail` is a sentence for logs where there is more to say; it holds no secret. */
  | { readonly type: 'close'; readonly why: IngressRejection; readonly detail?: string };

/** Why a program is not served, for logs. */
export type IngressRejection =
  | 'unknown-protocol'
  /** It takes this for a proxy of another kind. */
  | 'http'
  | 'socks4'
  | 'malformed'
  | 'no-common-method'
  | 'wrong-password'
  | 'bad-overrides'
  | 'command-not-supported'
  | 'address-type-not-supported'
  | 'bad-host-name';

/**
 * One language in which programs ask for connections. Bytes in, events out: no socket, no clock.
 * It does not survive `connect` or `close`: no bytes may be passed in afterwards.
 */
export interface IngressProtocol {
  readonly name: string;
  /** Takes the next bytes, in pieces of any length, and keeps a copy of what it needs of them. */
  receive(bytes: Uint8Array): readonly IngressEvent[];
  /** What to tell the program once the connection is there. */
  successReply(bound: Target): Uint8Array;
  /** What to tell the program where there is no connection, before closing. */
  failureReply(reason: ConnectFailure): Uint8Array;
}
