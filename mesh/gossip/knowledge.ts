import type { NodeId } from '../../config/node-id.ts';
import type { Sodium } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import type { OutcomeDraft } from './gossip-outcome.ts';
import { HeardTimes, type SavedHeardTimes } from './heard-times.ts';
import type { KeyChange } from './key-change.ts';
import { decodeKeyChange, encodeKeyChange, verifyKeyChange } from './key-change.ts';
import type { Addition, SavedMembership } from './membership.ts';
import { Membership } from './membership.ts';
import type { NodeRecord } from './node-record.ts';
import { compareVersions, decodeNodeRecord, verifyNodeRecord } from './node-record.ts';
import type { NewerRecord, SavedNodeTable } from './node-table.ts';
import { NodeTable } from './node-table.ts';
import type { OwnRecord } from './own-record.ts';
import type { RecordsItem } from './records.ts';
import type { Digest } from './digest.ts';
import type { FastRecord } from './fast-record.ts';
import { FastTable } from './fast-table.ts';
import type { Revocation } from './revocation.ts';
import { decodeRevocation, encodeRevocation } from './revocation.ts';
import { bytesToText, savedMember, textToBytes } from './saved-bytes.ts';
import { TableSummary } from './table-summary.ts';

/**
 * What came of one document: `new` is to be passed on, `known` and whatever else can't be used is not, `forged`
 * is nothing that a member would pass on, and an item is what its sender evidently lacks.
 */
export type Taken = 'new' | 'known' | 'forged' | RecordsItem;

/** {@link Knowledge} as it is kept on disk: plain data for JSON. It holds the newest network key, so keep it private. */
export interface SavedKnowledge {
  readonly membership: SavedMembership;
  readonly table: SavedNodeTable;
  readonly heard: SavedHeardTimes;
  readonly keyChange: string | null;
}

/** All that a node knows of its mesh, and what follows from each further document. Nothing gets in unverified. */
export class Knowledge {
  readonly membership: Membership;
  readonly table: NodeTable;
  /** What nodes say of their state; not kept over a restart. */
  readonly states: FastTable;
  readonly heardTimes = new HeardTimes();
  readonly own: OwnRecord;
  /** What came of the own credential at the start. */
  readonly ownStanding: Addition;
  readonly #sodium: Sodium;
  readonly #adminPublicKey: Uint8Array;
  readonly #configured: Credential;
  readonly #summary: TableSummary;
  #keyChange: KeyChange | null = null;

  /** `saved` is what {@link save} gave, or anything else; what is not valid in it is dropped piece by piece. */
  constructor(sodium: Sodium, adminPublicKey: Uint8Array, own: OwnRecord, configured: Credential, saved: unknown) {
    this.#sodium = sodium;
    this.#adminPublicKey = adminPublicKey;
    this.#configured = configured;
    this.own = own;
    this.membership = new Membership(sodium, adminPublicKey);
    this.table = new NodeTable(sodium, this.membership, this.ownId);
    this.states = new FastTable(sodium, this.membership, this.ownId, (id) => this.table.get(id)?.server === false);
    this.#summary = new TableSummary(sodium, this.table, this.membership);
    this.membership.restore(savedMember(saved, 'membership'));
    this.ownStanding = this.membership.readmit(configured);
    this.table.restore(savedMember(saved, 'table'));
    this.heardTimes.restore(savedMember(saved, 'heard'));
    const bytes = textToBytes(savedMember(saved, 'keyChange'));
    const change = bytes === null ? null : decodeKeyChange(bytes);
    if (change !== null && verifyKeyChange(sodium, adminPublicKey, change)) this.#keyChange = change;
  }

  get ownId(): NodeId {
    return this.#configured.certificate.id;
  }

  /** True where the own identity holds the own number. */
  get holdsOwnNumber(): boolean {
    const member = this.membership.member(this.ownId);
    return member !== null && this.#isOwnIdentity(member.identity);
  }

  /** The own credential: the best one known of the own identity. */
  get credential(): Credential {
    const member = this.membership.member(this.ownId);
    return member !== null && this.#isOwnIdentity(member.identity) ? member.credential : this.#configured;
  }

  /** The newest key change, or null. */
  get keyChange(): KeyChange | null {
    return this.#keyChange;
  }

  /** What TABLE and DIGEST say. */
  get summary(): { readonly hash: Uint8Array; readonly digest: Digest } {
    return this.#summary.get(this.#keyChange?.serial ?? 0);
  }

  /** The number's record as an item; none where it is unknown. */
  recordItems(id: NodeId): readonly RecordsItem[] {
    const record = this.table.get(id);
    return record === null ? [] : [recordItem(record)];
  }

  /** The number's revocation as an item; none where it has none. */
  revocationItems(id: NodeId): readonly RecordsItem[] {
    const revocation = this.membership.revocations().get(id);
    return revocation === undefined ? [] : [{ kind: 'revocation', bytes: encodeRevocation(revocation) }];
  }

  /** The newest key change as an item; none where there was none. */
  keyChangeItems(): readonly RecordsItem[] {
    return this.#keyChange === null ? [] : [{ kind: 'key-change', bytes: encodeKeyChange(this.#keyChange) }];
  }

  /** Takes a document from RECORDS. Events go to `draft`. */
  take(draft: OutcomeDraft, item: RecordsItem, nowMs: number, wallS: number): Taken {
    switch (item.kind) {
      case 'revocation': {
        const revocation = decodeRevocation(item.bytes);
        return revocation === null ? 'forged' : this.takeRevocation(draft, revocation);
      }
      case 'key-change': {
        const change = decodeKeyChange(item.bytes);
        return change === null ? 'forged' : this.takeKeyChange(draft, change);
      }
      case 'fast':
        return this.#takeState(draft, item.bytes, nowMs, wallS);
      case 'record': {
        const record = decodeNodeRecord(item.bytes);
        if (record === null) return 'forged';
        return record.id === this.ownId
          ? this.#takeOwnNumber(draft, record, wallS)
          : this.#takeRecord(draft, record, nowMs, wallS);
      }
    }
  }

  /** Puts a number's serials out where the admin says so and that is new. */
  takeRevocation(draft: OutcomeDraft, revocation: Revocation): Taken {
    const { id, upToSerial } = revocation;
    const result = this.membership.revoke(revocation);
    if (result.verdict !== 'new') {
      const known = this.membership.revocations().get(id);
      if (result.verdict === 'forged') return 'forged';
      return known !== undefined && known.upToSerial > upToSerial ? this.revocationItems(id)[0]! : 'known';
    }
    draft.say({ type: 'revoked', id, upToSerial });
    if (result.removed !== null) this.sayRemoved(draft, id, 'revoked');
    return 'new';
  }

  /** Takes a key change where the admin signed it and its serial is higher than any before. */
  takeKeyChange(draft: OutcomeDraft, change: KeyChange): Taken {
    const known = this.#keyChange?.serial ?? 0;
    if (change.serial < known) return this.keyChangeItems()[0]!;
    if (change.serial === known) return 'known';
    if (!verifyKeyChange(this.#sodium, this.#adminPublicKey, change)) return 'forged';
    this.#keyChange = change;
    draft.say({ type: 'key-change', change });
    return 'new';
  }

  /** Offers the records that wait for a member once more. */
  retryWaiting(draft: OutcomeDraft, nowMs: number, wallS: number): void {
    for (const newer of this.table.retryWaiting(nowMs, wallS)) this.#sayNewer(draft, newer);
  }

  /** Says that the identity that held the number is out, and drops its record. */
  sayRemoved(draft: OutcomeDraft, id: NodeId, reason: 'revoked' | 'displaced'): void {
    this.table.dropUnheld(id);
    this.states.drop(id);
    this.heardTimes.forget(id);
    draft.say(id === this.ownId ? { type: 'own-number-lost', reason } : { type: 'node-removed', id, reason });
  }

  #takeState(draft: OutcomeDraft, bytes: Uint8Array, nowMs: number, wallS: number): Taken {
    const answer = this.states.take(bytes, nowMs);
    if (answer.status !== 'newer') return answer.status === 'forged' ? 'forged' : 'known';
    const { record, before } = answer;
    const [now, then] = [hearsOf(record), before === null ? new Set<NodeId>() : hearsOf(before)];
    for (const id of [record.id, ...now]) if (id !== this.ownId) this.heardTimes.heard(id, wallS);
    const lost = [...then].filter((id) => !now.has(id));
    draft.say({ type: 'state-changed', id: record.id, lost, found: [...now].filter((id) => !then.has(id)) });
    return 'new';
  }

  #takeRecord(draft: OutcomeDraft, record: NodeRecord, nowMs: number, wallS: number): Taken {
    const answer = this.table.add(record, nowMs, wallS);
    switch (answer.status) {
      case 'newer':
        this.heardTimes.heard(record.id, wallS);
        this.#sayNewer(draft, answer);
        return 'new';
      case 'known':
        return 'known';
      case 'older':
        return this.recordItems(record.id)[0] ?? 'known';
      case 'refused':
        switch (answer.reason) {
          case 'forged':
            return 'forged';
          case 'revoked':
            return this.revocationItems(record.id)[0] ?? 'known';
          case 'outranked':
            return this.recordItems(record.id)[0] ?? 'known';
          case 'expired':
          case 'witness':
          case 'unknown-witness':
          case 'own':
          case 'too-often':
            return 'known';
        }
    }
  }

  /** Nobody else makes the own record; but another identity can have the better credential for the number. */
  #takeOwnNumber(draft: OutcomeDraft, record: NodeRecord, wallS: number): Taken {
    if (!verifyNodeRecord(this.#sodium, record)) return 'forged';
    const ours = this.own.record;
    if (this.#isOwnIdentity(record.credential.binding.identity)) {
      if (this.own.noticeCopy(record))
        draft.say({
          type: 'own-record-copied',
          version: { incarnation: record.incarnation, sequence: record.sequence },
        });
      return ours !== null && compareVersions(record, ours) < 0
        ? (this.recordItems(this.ownId)[0] ?? 'known')
        : 'known';
    }
    const addition = this.membership.add(record.credential, wallS);
    switch (addition.verdict) {
      case 'accepted':
        if (addition.change === 'new' && addition.displaced !== null) this.sayRemoved(draft, this.ownId, 'displaced');
        return 'known';
      case 'unknown-witness':
        return 'known';
      case 'refused':
        if (addition.reason === 'forged') return 'forged';
        return addition.reason === 'outranked' ? (this.recordItems(this.ownId)[0] ?? 'known') : 'known';
    }
  }

  #sayNewer(draft: OutcomeDraft, newer: NewerRecord): void {
    const id = newer.record.id;
    if (newer.displaced) draft.say({ type: 'node-removed', id, reason: 'displaced' });
    draft.say({ type: newer.first ? 'node-known' : 'node-changed', id });
  }

  /** Everything that should outlive the process, as plain data for a state file. */
  save(): SavedKnowledge {
    return {
      membership: this.membership.save(),
      table: this.table.save(),
      heard: this.heardTimes.save(),
      keyChange: this.#keyChange === null ? null : bytesToText(encodeKeyChange(this.#keyChange)),
    };
  }

  #isOwnIdentity(identity: Uint8Array): boolean {
    return Buffer.compare(identity, this.#configured.binding.identity) === 0;
  }
}

/** Those that a node hears. */
function hearsOf({ neighbours, heard }: FastRecord): ReadonlySet<NodeId> {
  return new Set([...neighbours.keys(), ...heard]);
}

/** A record as an item of RECORDS. */
export function recordItem({ bytes }: NodeRecord): RecordsItem {
  return { kind: 'record', bytes };
}
