import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID } from '../../config/node-id.ts';
import type { Sodium } from '../wire/sodium.ts';
import { ChangeLimit } from './change-limit.ts';
import type { Membership, RefusedCredential } from './membership.ts';
import type { NodeRecord } from './node-record.ts';
import { compareVersions, decodeNodeRecord, verifyNodeRecord } from './node-record.ts';
import { hashRecordContent } from './record-content.ts';
import { bytesToText, savedList, textToBytes } from './saved-bytes.ts';

/** A record that is in the table now. */
export interface NewerRecord {
  readonly status: 'newer';
  readonly record: NodeRecord;
  /** True where the table had none of this identity before. */
  readonly first: boolean;
  /** True where another identity lost the number to this one. */
  readonly displaced: boolean;
}

/** What came of a record from outside. */
export type TableAnswer =
  | NewerRecord
  /** Exactly this version, or a newer one, of this identity's record is in the table. */
  | { readonly status: 'known' | 'older' }
  | { readonly status: 'refused'; readonly reason: RefusedRecord };

/**
 * As for credentials; besides `own`: nobody else makes the own record; `too-often`: its owner has changed it
 * sixty times within the hour. `unknown-witness`, `witness` and `outranked` ones wait for
 * {@link NodeTable.retryWaiting}.
 */
export type RefusedRecord = RefusedCredential | 'unknown-witness' | 'own' | 'too-often';

/** A {@link NodeTable} as it is kept on disk: plain data for JSON. */
export interface SavedNodeTable {
  readonly records: readonly string[];
}

interface Entry {
  readonly record: NodeRecord;
  /** The number of the change that brought it. */
  readonly change: number;
  /** The number of the change that brought what it says, E left aside. */
  readonly contentChange: number;
  /** The number of the change that brought that, or a new process of the same node. */
  readonly processChange: number;
  readonly contentHash: Uint8Array;
}

/**
 * The newest verified record of every member, the own one among them. Nothing gets in unverified, so all that
 * is in may be passed on. Bounded by the 254 numbers. It survives anything it is given.
 */
export class NodeTable {
  readonly #sodium: Sodium;
  readonly #membership: Membership;
  readonly #ownId: NodeId;
  readonly #entries = new Map<NodeId, Entry>();
  /** Verified records whose credential may yet be accepted, one a number. */
  readonly #waiting = new Map<NodeId, NodeRecord>();
  readonly #changeLimit = new ChangeLimit();
  #lastChange = 0;
  #removals = 0;

  constructor(sodium: Sodium, membership: Membership, ownId: NodeId) {
    this.#sodium = sodium;
    this.#membership = membership;
    this.#ownId = ownId;
  }

  /** Takes a record from outside; one that is accepted also makes its identity a member. */
  add(record: NodeRecord, nowMs: number, wallS: number): TableAnswer {
    return this.#add(record, nowMs, wallS, false);
  }

  /** Offers what waits once more, because somebody became a member; returns what got in. */
  retryWaiting(nowMs: number, wallS: number): readonly NewerRecord[] {
    const added: NewerRecord[] = [];
    for (let progress = true; progress;) {
      progress = false;
      for (const record of [...this.#waiting.values()]) {
        this.#waiting.delete(record.id);
        const answer = this.#add(record, nowMs, wallS, true);
        if (answer.status !== 'newer') continue;
        added.push(answer);
        progress = true;
      }
    }
    return added;
  }

  /** Puts the own record in. */
  setOwn(record: NodeRecord): void {
    this.#set(record);
  }

  /** Drops the number's record where its identity holds the number no longer; returns it, or null. */
  dropUnheld(id: NodeId): NodeRecord | null {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#holdsNumber(entry.record)) return null;
    this.#entries.delete(id);
    this.#changeLimit.forget(id);
    this.#removals += 1;
    return entry.record;
  }

  /** The number's record, or null. */
  get(id: NodeId): NodeRecord | null {
    return this.#entries.get(id)?.record ?? null;
  }

  /** Every record, the one that changed last first. */
  records(): readonly NodeRecord[] {
    return this.changedSince(0);
  }

  /** Counts the changes so far; removals are none. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /**
   * The records that came after that change, the newest first: all of them, those that bring more than another E of the
   * same process, or those that say more than that.
   */
  changedSince(change: number, by: 'change' | 'processChange' | 'contentChange' = 'change'): readonly NodeRecord[] {
    return [...this.#entries.values()]
      .filter((entry) => entry[by] > change)
      .sort((a, b) => b.change - a.change)
      .map((entry) => entry.record);
  }

  /** The numbers of which there is a record. */
  ids(): Iterable<NodeId> {
    return this.#entries.keys();
  }

  /** What the number's record says, E left aside, as 16 bytes; null where there is none. */
  contentHash(id: NodeId): Uint8Array | null {
    return this.#entries.get(id)?.contentHash ?? null;
  }

  /** Grows with every change and removal. */
  get generation(): number {
    return this.#lastChange + this.#removals;
  }

  /** Every record but the own one as plain data for a state file. */
  save(): SavedNodeTable {
    const others = this.records().filter((record) => record.id !== this.#ownId);
    return { records: others.map((record) => bytesToText(record.bytes)) };
  }

  /**
   * Takes back what {@link save} gave, after the membership was restored. Signatures are verified again; entries
   * that are not valid are dropped one by one.
   */
  restore(saved: unknown): void {
    for (const text of savedList(saved, 'records', MAX_NODE_ID).toReversed()) {
      const bytes = textToBytes(text);
      const record = bytes === null ? null : decodeNodeRecord(bytes);
      if (record === null || record.id === this.#ownId || !this.#isNews(record)) continue;
      if (!verifyNodeRecord(this.#sodium, record)) continue;
      if (this.#membership.readmit(record.credential).verdict === 'accepted') this.#set(record);
    }
  }

  #add(record: NodeRecord, nowMs: number, wallS: number, verified: boolean): TableAnswer {
    const { id, credential } = record;
    if (id === this.#ownId) return { status: 'refused', reason: 'own' };
    const previous = this.get(id);
    const first = previous === null || !isSameIdentity(previous, record);
    if (!first) {
      const newer = compareVersions(record, previous);
      if (newer < 0) return { status: 'older' };
      if (newer === 0 && !this.#isPreferred(record)) return { status: 'known' };
    }
    // Before the signatures, so that a chatty node costs nothing; counted after them, so that only its owner can use it up.
    if (this.#changeLimit.isExhausted(id, nowMs)) return { status: 'refused', reason: 'too-often' };
    const judgement = this.#membership.judge(credential, wallS);
    const refused = judgement.verdict === 'refused' ? judgement.reason : null;
    if (refused === 'forged' || refused === 'revoked' || refused === 'expired')
      return { status: 'refused', reason: refused };
    if (!verified && !verifyNodeRecord(this.#sodium, record)) return { status: 'refused', reason: 'forged' };
    if (judgement.verdict !== 'accepted') {
      this.#wait(record);
      return { status: 'refused', reason: refused ?? 'unknown-witness' };
    }
    const addition = this.#membership.add(credential, wallS);
    this.#changeLimit.count(id, nowMs);
    this.#set(record);
    const displaced = addition.verdict === 'accepted' && addition.change === 'new' && addition.displaced !== null;
    return { status: 'newer', record, first, displaced };
  }

  #set(record: NodeRecord): void {
    const change = ++this.#lastChange;
    const before = this.#entries.get(record.id);
    const contentHash = hashRecordContent(this.#sodium, record);
    const saysMore = before === undefined || Buffer.compare(before.contentHash, contentHash) !== 0;
    const contentChange = saysMore ? change : before.contentChange;
    const isSameProcess = !saysMore && before.record.incarnation === record.incarnation;
    const processChange = isSameProcess ? before.processChange : change;
    this.#entries.set(record.id, { record, change, contentChange, processChange, contentHash });
  }

  #wait(record: NodeRecord): void {
    const waiting = this.#waiting.get(record.id);
    if (waiting !== undefined && isSameIdentity(waiting, record) && compareVersions(record, waiting) <= 0) return;
    this.#waiting.set(record.id, record);
  }

  #isNews(record: NodeRecord): boolean {
    const known = this.get(record.id);
    return known === null || !isSameIdentity(known, record) || compareVersions(record, known) > 0;
  }

  /** Whether it is the one that counts, everywhere the same, of two different records of one version: its owner lies, or runs twice. */
  #isPreferred(record: NodeRecord): boolean {
    const known = this.contentHash(record.id);
    return known !== null && Buffer.compare(hashRecordContent(this.#sodium, record), known) > 0;
  }

  #holdsNumber(record: NodeRecord): boolean {
    const member = this.#membership.member(record.id);
    return member !== null && Buffer.compare(member.identity, record.credential.binding.identity) === 0;
  }
}

function isSameIdentity(a: NodeRecord, b: NodeRecord): boolean {
  return Buffer.compare(a.credential.binding.identity, b.credential.binding.identity) === 0;
}
