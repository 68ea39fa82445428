import type { NodeId } from '../../config/node-id.ts';
import { Allowance } from './allowance.ts';
import { decodeDigest, encodeDigest } from './digest.ts';
import type { GossipFrame, OutcomeDraft } from './gossip-outcome.ts';
import type { Knowledge } from './knowledge.ts';
import { compareVersions } from './node-record.ts';
import type { RecordsItem } from './records.ts';
import { encodeRecords } from './records.ts';
import { bytesToText } from './saved-bytes.ts';
import { decodeTableNotice, encodeTableNotice } from './table-notice.ts';
import { decodeWant, encodeWants, type Wanted } from './want.ts';

/** Where the same two tables were compared, it is not done again for this long, in ms: what differs then can't be helped. */
const SAME_TABLES_MS = 600_000;
/** Digests to one peer: at once, and one in so many ms. */
const DIGEST_BURST = 16;
const DIGEST_INTERVAL_MS = 10_000;
/** For how long after a DIGEST or WANT records count as what was missing here, in ms. */
const CATCHING_UP_MS = 10_000;
/** So many of them are passed on nevertheless, since changes that somebody missed look the same. */
const PASSED_ON = 4;
/** Items sent to a peer because of its own WANTs and DIGESTs: at once, and a second. */
const ANSWER_BURST = 1_024;
const ANSWER_INTERVAL_MS = 1_000;

/** How far the comparison with one peer has come. */
interface Comparison {
  tables: string;
  comparedAtMs: number;
  readonly digests: Allowance;
  askedAtMs: number;
  passedOn: number;
  readonly answers: Allowance;
}

/**
 * Brings the tables of two nodes to the same state, by as few bytes as it takes: their hashes, then, where those differ, a
 * digest by the lower number, then only what one of them lacks (PROTOCOL section 5). Survives anything.
 */
export class TableSync {
  readonly #knowledge: Knowledge;
  readonly #maxFrameBytes: number;
  readonly #comparisons = new Map<NodeId, Comparison>();

  constructor(knowledge: Knowledge, maxFrameBytes: number) {
    this.#knowledge = knowledge;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** A TABLE for a peer. */
  notice(wantsChanges: boolean, isAnswer = false): GossipFrame {
    const { hash } = this.#knowledge.summary;
    return { type: 'table', bytes: encodeTableNotice({ hash, wantsChanges, isAnswer }) };
  }

  /** A session begins: what was compared before says nothing about what arrived. What the peer has used up it does not get again. */
  forget(peer: NodeId): void {
    const comparison = this.#comparisons.get(peer);
    if (comparison === undefined) return;
    comparison.tables = '';
    comparison.askedAtMs = Number.NEGATIVE_INFINITY;
    comparison.passedOn = 0;
  }

  /** Takes a TABLE. Returns whether the peer wants changes; null where it is malformed or only an answer. */
  onTable(draft: OutcomeDraft, peer: NodeId, bytes: Uint8Array, nowMs: number): boolean | null {
    const theirs = decodeTableNotice(bytes);
    if (theirs === null) return null;
    const { hash, digest } = this.#knowledge.summary;
    if (Buffer.compare(hash, theirs.hash) === 0) {
      this.#sayKnowsKey(draft, peer, digest.keyChangeSerial);
    } else if (this.#knowledge.ownId > peer) {
      if (!theirs.isAnswer) draft.send(peer, this.notice(false, true));
    } else if (this.#mayCompare(peer, `${bytesToText(hash)} ${bytesToText(theirs.hash)}`, nowMs)) {
      this.#comparison(peer).askedAtMs = nowMs;
      draft.send(peer, { type: 'digest', bytes: encodeDigest(digest) });
    }
    return theirs.isAnswer ? null : theirs.wantsChanges;
  }

  /** Answers a DIGEST with what the peer has nothing of, and says what is known here of what it knows differently. */
  onDigest(draft: OutcomeDraft, peer: NodeId, bytes: Uint8Array, nowMs: number): void {
    const theirs = decodeDigest(bytes);
    if (theirs === null) return;
    const knowledge = this.#knowledge;
    const { digest } = knowledge.summary;
    this.#sayKnowsKey(draft, peer, theirs.keyChangeSerial);
    const lacking = [...digest.entries.keys()].filter((id) => !theirs.entries.has(id));
    const different = [...theirs.entries].filter(([id, hash]) => digest.entries.get(id) !== hash).map(([id]) => id);
    const keyChange = digest.keyChangeSerial > theirs.keyChangeSerial ? knowledge.keyChangeItems() : [];
    const items = lacking.flatMap((id) => [...knowledge.revocationItems(id), ...knowledge.recordItems(id)]);
    this.answer(draft, peer, [...keyChange, ...items], nowMs);
    this.#want(draft, peer, theirs.keyChangeSerial > digest.keyChangeSerial, different, nowMs);
  }

  /** Answers a WANT with what is newer here, and wants what is newer there. */
  onWant(draft: OutcomeDraft, peer: NodeId, bytes: Uint8Array, nowMs: number): void {
    const wants = decodeWant(bytes);
    if (wants === null) return;
    const items: RecordsItem[] = wants.keyChange ? [...this.#knowledge.keyChangeItems()] : [];
    const newer: NodeId[] = [];
    for (const theirs of wants.nodes) {
      const ours = this.#wanted(theirs.id);
      const revoked = (ours.revokedUpTo ?? -1) - (theirs.revokedUpTo ?? -1);
      const age = compareKnown(ours, theirs);
      if (revoked > 0) items.push(...this.#knowledge.revocationItems(theirs.id));
      // Two records of one version are another's, or a copy's: whoever gets it judges.
      if (age > 0 || (age === 0 && revoked === 0)) items.push(...this.#knowledge.recordItems(theirs.id));
      if (revoked < 0 || age < 0) newer.push(theirs.id);
    }
    this.answer(draft, peer, items, nowMs);
    this.#want(draft, peer, false, newer, nowMs);
  }

  /** Whether a new record from this peer is to be passed on as it is, or is one of many that were missing here. */
  mayPassOn(peer: NodeId, nowMs: number): boolean {
    const comparison = this.#comparisons.get(peer);
    if (comparison === undefined || nowMs - comparison.askedAtMs > CATCHING_UP_MS) return true;
    return comparison.passedOn++ < PASSED_ON;
  }

  #mayCompare(peer: NodeId, tables: string, nowMs: number): boolean {
    const comparison = this.#comparison(peer);
    if (comparison.tables === tables && nowMs - comparison.comparedAtMs < SAME_TABLES_MS) return false;
    if (comparison.digests.take(1, nowMs) === 0) return false;
    comparison.tables = tables;
    comparison.comparedAtMs = nowMs;
    comparison.passedOn = 0;
    return true;
  }

  #want(draft: OutcomeDraft, peer: NodeId, keyChange: boolean, ids: readonly NodeId[], nowMs: number): void {
    if (ids.length === 0 && !keyChange) return;
    const comparison = this.#comparison(peer);
    if (nowMs - comparison.askedAtMs > CATCHING_UP_MS) comparison.passedOn = 0;
    comparison.askedAtMs = nowMs;
    const nodes = ids.map((id) => this.#wanted(id));
    for (const bytes of encodeWants({ keyChange, nodes }, this.#maxFrameBytes))
      draft.send(peer, { type: 'want', bytes });
  }

  #wanted(id: NodeId): Wanted {
    const { membership, table } = this.#knowledge;
    return { id, revokedUpTo: membership.revocations().get(id)?.upToSerial ?? null, version: table.get(id) };
  }

  /** Sends items as far as the peer has not asked for too many lately. */
  answer(draft: OutcomeDraft, peer: NodeId, items: readonly RecordsItem[], nowMs: number): void {
    if (items.length === 0) return;
    const sent = items.slice(0, this.#comparison(peer).answers.take(items.length, nowMs));
    for (const bytes of encodeRecords(sent, this.#maxFrameBytes)) draft.send(peer, { type: 'records', bytes });
  }

  #sayKnowsKey(draft: OutcomeDraft, id: NodeId, serial: number): void {
    if (serial === this.#knowledge.keyChange?.serial) draft.say({ type: 'peer-knows-key', id, serial });
  }

  #comparison(peer: NodeId): Comparison {
    let comparison = this.#comparisons.get(peer);
    if (comparison === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      comparison = {
        tables: '',
        comparedAtMs: never,
        digests: new Allowance(DIGEST_BURST, DIGEST_INTERVAL_MS),
        askedAtMs: never,
        passedOn: 0,
        answers: new Allowance(ANSWER_BURST, ANSWER_INTERVAL_MS),
      };
      this.#comparisons.set(peer, comparison);
    }
    return comparison;
  }
}

/** Above 0 where the first is a newer record, or the only one; NaN where there is none. */
function compareKnown(ours: Wanted, theirs: Wanted): number {
  if (ours.version === null) return theirs.version === null ? Number.NaN : -1;
  return theirs.version === null ? 1 : compareVersions(ours.version, theirs.version);
}
