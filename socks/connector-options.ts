import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { NodeView } from '../mesh/mesh-view.ts';
import type { Target } from '../mesh/session/target.ts';
import type { AddressSource } from './direct/direct-policy.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import type { ExitChooserOptions } from './exits/exit-chooser.ts';
import type { ExitEvent } from './exits/exit-event.ts';
import type { ExitOverrides } from './exits/overrides.ts';
import type { Route } from './route.ts';
import type { Scheduler } from './scheduler.ts';
import type { PumpStream } from './stream-pump.ts';

/** The mesh as the connector needs it. */
export interface ConnectorMesh {
  /** The nodes that may be exits, as they are now. */
  exits(): readonly NodeView[];
  openStream(exit: NodeId, target: Target): MeshStream;
}

/** What a {@link Connector} is made of. */
export interface ConnectorOptions extends ExitChooserOptions {
  /** Told that something changed that may be kept on the disk. */
  readonly changed?: (what: 'pin' | 'use' | 'estimate') => void;
  readonly mesh: ConnectorMesh;
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** What the rules say of a target. */
  readonly route: (target: Target, overrides: ExitOverrides | undefined) => Route;
  /**
   * Begins a connection from this machine itself to an address of 4 or 16 bytes, asked for by the program or told by an
   * exit; its stream says `opened` or `refused`.
   */
  readonly openDirectly: (address: Uint8Array, port: number, source: AddressSource) => PumpStream;
  /** For waiting for an exit and all tries together, in ms; 15 s unless told. */
  readonly connectDeadlineMs?: number;
  /** Exits tried for one connection, those of races not counted; 3 unless told. */
  readonly maxTries?: number;
  /**
   * Whether a program is told that it is connected before the exit is, where that exit connected to the same target
   * before in its session. False unless told.
   */
  readonly earlyReply?: boolean;
  /** Told which site goes where, and why it moved; `request` is what a decision was asked for. */
  readonly onExitEvent?: (event: ExitEvent, request?: ChoiceRequest | null) => void;
}
