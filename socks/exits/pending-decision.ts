import type { NodeId } from '../../config/node-id.ts';
import type { ChoiceRequest } from './choice-request.ts';
import type { MoveReason } from './exit-event.ts';
import type { ExitIdentity } from './exit-identity.ts';
import type { ExitRace } from './exit-race.ts';

/** A decision that is not made yet. */
export interface PendingDecision {
  readonly key: string;
  readonly request: ChoiceRequest;
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** When to look again, where nobody says anything before. */
  wakeAtMs: number;
  race: ExitRace | null;
  races: number;
  /** Why the site leaves where it was, if it was anywhere. */
  leaving: MoveReason | null;
  /** Where the site was when the race began, if it was anywhere. */
  pinned: ExitIdentity | null;
  /** The exit that a rule names, which has been away for too long; null where it is not about that. */
  instead: NodeId | null;
}

/** One that was asked for just now. */
export function pendingDecision(
  key: string,
  request: ChoiceRequest,
  nowMs: number,
  deadlineMs: number,
): PendingDecision {
  const nothingYet = { race: null, races: 0, leaving: null, pinned: null, instead: null };
  return { key, request, startedMs: nowMs, deadlineMs, wakeAtMs: deadlineMs, ...nothingYet };
}
