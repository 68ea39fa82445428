import type { NodeId } from '../../config/node-id.ts';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';

/** Why a site goes where it goes. */
export type ChoiceReason = 'pinned' | 'measured' | 'race' | 'only' | 'rule';

/** Why a site left its exit. */
export type MoveReason =
  /** The exit stayed away for longer than a restart takes, or is no member any more. */
  | 'exit-gone'
  /** It is not down, but did not come back before the deadline of a decision. */
  | 'not-answering'
  /** The rules no longer let the site use it. */
  | 'rule';

/**
 * What was decided, or is to be done to decide. `key` names the decision, which all who ask the same share: each gets one
 * `decided`, `refused` or `no-exit`.
 */
export type ExitEvent =
  | {
      readonly type: 'decided';
      readonly key: string;
      readonly site: string;
      readonly exit: NodeId;
      readonly why: ChoiceReason;
      /** The site had no pin, and has one now. */
      readonly isNew: boolean;
    }
  /** No exit that the site may use now is up; `isAnyUp`: others are. */
  | { readonly type: 'no-exit'; readonly key: string; readonly site: string; readonly isAnyUp: boolean }
  /** No exit could connect to the target. */
  | { readonly type: 'refused'; readonly key: string; readonly reason: RefusalReason }
  /** Open the target at this exit, or ask it where the target is, for a race; and tell the chooser what comes of it. */
  | { readonly type: 'open' | 'locate'; readonly key: string; readonly exit: NodeId }
  /**
   * The site stays at its exit, which shows it another public address than before. Comes before any byte of the program,
   * unless that went out early and nothing could be known.
   */
  | {
      readonly type: 'address-changed';
      readonly site: string;
      readonly exit: NodeId;
      readonly from: string;
      readonly to: string;
    }
  /** Comes before the `decided` that it explains. `from` is null where that exit's number is not known any more. */
  | {
      readonly type: 'moved';
      readonly site: string;
      readonly from: NodeId | null;
      readonly to: NodeId;
      readonly reason: MoveReason;
    };

/** A move in words, for the user. */
export function moveText({ site, from, to, reason }: Extract<ExitEvent, { readonly type: 'moved' }>): string {
  const exit = from === null ? 'its exit' : `exit ${from}`;
  return `site ${site} moved from ${from ?? 'an unknown exit'} to ${to} because ${because(reason, exit)}`;
}

/** A change of an exit's address in words, for the user. */
export function addressChangeText({
  site,
  exit,
  from,
  to,
}: Extract<ExitEvent, { readonly type: 'address-changed' }>): string {
  return `site ${site} stays at exit ${exit}, which it now sees as ${to}; it was ${from}`;
}

function because(reason: MoveReason, exit: string): string {
  switch (reason) {
    case 'exit-gone':
      return `${exit} stayed away for too long`;
    case 'not-answering':
      return `${exit} did not answer in time`;
    case 'rule':
      return `the rules do not allow ${exit} for it`;
  }
}
