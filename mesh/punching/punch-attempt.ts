import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';

/** One attempt to get through to a node behind a NAT. Times in ms. */
export interface PunchAttempt {
  readonly peer: NodeId;
  isLead: boolean;
  /** Of all servers that bring these two together: the other side may have heard of another one first. The newest is sent. */
  tokens: readonly Uint8Array[];
  readonly endpoint: Endpoint;
  readonly beganAtMs: number;
  readonly untilMs: number;
  /** Null where the session that this side keeps has a link there: that is used. */
  readonly dialId: number | null;
  link: Link | null;
  /** When the next message goes out that opens the own NAT, in ms; Infinity where there is none. */
  openAtMs: number;
  openersSent: number;
  /** Messages of the other side that were taken up. */
  openings: number;
}

/** When something is to be done about it. */
export function dueAtMs({ link, openAtMs, untilMs }: PunchAttempt): number {
  return link === null ? untilMs : Math.min(openAtMs, untilMs);
}
