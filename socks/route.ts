import type { Destination } from '../mesh/session/target.ts';
import type { ConnectFailure } from './connect-outcome.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';

/** Where the rules let a connection go. `rule` is the rule that decided, in short, or null where none did. */
export type Route =
  | { readonly type: 'refused'; readonly reason: ConnectFailure; readonly rule: string | null }
  | {
      readonly type: 'exit';
      readonly request: ChoiceRequest;
      /**
       * Where rules depend on the address that the name stands for: what they say once an exit has connected to it, asked
       * before anything is sent. Null where nothing depends on that.
       */
      readonly settle: ((destination: Destination | null) => Route) | null;
      readonly rule: string | null;
    }
  /** From this machine, past the mesh. */
  | {
      readonly type: 'direct';
      /** What it belongs to; nothing is pinned. */
      readonly site: string;
      /** As for an exit, asked before anything is connected to: a name's address is what an exit says it is. */
      readonly settle: ((destination: Destination | null) => Route) | null;
      readonly rule: string | null;
    };

/** A route through an exit. */
export type ExitRoute = Extract<Route, { readonly type: 'exit' }>;

/** A route past the mesh. */
export type DirectRoute = Extract<Route, { readonly type: 'direct' }>;
