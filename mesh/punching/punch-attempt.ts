import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';

/** So many words of one server are kept in one attempt: the other side may have heard of an older one first. */
const MAX_OF_SERVER = 2;
const MAX_WORDS = 8;

/** What a server said: that two nodes should get through to each other, and under which token. */
export interface PunchWord {
  readonly server: NodeId;
  readonly token: Uint8Array;
  /** Whether this node has asked for it. */
  readonly isLead: boolean;
  /** Messages of the other side with this token that were taken up. */
  openings: number;
}

/** One attempt to get through to a node at one address. Times in ms. */
export interface PunchAttempt {
  readonly peer: NodeId;
  readonly endpoint: Endpoint;
  /**
   * `far`: where a server sees the node. `near`: the same, and this node comes from there, too. `local`: where the node itself
   * says that it is, in the network that both seem to be in.
   */
  readonly place: 'far' | 'near' | 'local';
  /** At least one, the newest last. */
  words: readonly PunchWord[];
  readonly beganAtMs: number;
  untilMs: number;
  /** Null where the session that this side keeps has a link there: that is used. */
  readonly dialId: number | null;
  link: Link | null;
  /** When the next message goes out that opens the own NAT, in ms; Infinity where there is none. */
  openAtMs: number;
  openersSent: number;
}

/** When something is to be done about it. */
export function dueAtMs({ link, openAtMs, untilMs }: PunchAttempt): number {
  return link === null ? untilMs : Math.min(openAtMs, untilMs);
}

/** Both sides may have asked at the same time: what the lower number asked for counts, as both see it, and of that the newest. */
export function chosenWord({ peer, words }: Pick<PunchAttempt, 'peer' | 'words'>, ownId: NodeId): PunchWord {
  return words.findLast(({ isLead }) => isLead === ownId < peer) ?? words.at(-1)!;
}

/** In which order they are tried now: that one first, then the newest, and with each message another one first. The other side may know one of them only. */
export function wordsInTurn(
  attempt: Pick<PunchAttempt, 'peer' | 'words' | 'openersSent'>,
  ownId: NodeId,
): readonly PunchWord[] {
  const { words, openersSent } = attempt;
  const chosen = chosenWord(attempt, ownId);
  const inOrder = [chosen, ...words.filter((word) => word !== chosen).toReversed()];
  const first = openersSent % inOrder.length;
  return [...inOrder.slice(first), ...inOrder.slice(0, first)];
}

/** The words with one more. It takes the place of older ones of the same server, and of no other's. */
export function withWord(words: readonly PunchWord[], word: PunchWord): readonly PunchWord[] {
  const older = words.filter(({ server }) => server === word.server).slice(1 - MAX_OF_SERVER);
  const kept = words.filter((other) => other.server !== word.server || older.includes(other));
  return kept.length < MAX_WORDS ? [...kept, word] : words;
}

/** What was said under this token, or null. */
export function wordOf({ words }: PunchAttempt, token: Uint8Array): PunchWord | null {
  return words.find((word) => Buffer.compare(word.token, token) === 0) ?? null;
}
