import type { NodeId } from '../../config/node-id.ts';
import type { KeyPair, Sodium } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import { type NodeState, signFastRecord } from './fast-record.ts';
import type { FastTable } from './fast-table.ts';
import type { Audience, GossipFrame, GossipOutcome } from './gossip-outcome.ts';
import { OutcomeDraft } from './gossip-outcome.ts';
import type { Incarnation } from './incarnation.ts';
import type { KeyChange } from './key-change.ts';
import { encodeKeyChange } from './key-change.ts';
import type { SavedKnowledge } from './knowledge.ts';
import { Knowledge, recordItem } from './knowledge.ts';
import type { Addition, Membership } from './membership.ts';
import type { NodeDescription, NodeRecord } from './node-record.ts';
import type { NodeTable } from './node-table.ts';
import { OwnRecord } from './own-record.ts';
import type { RecordsItem } from './records.ts';
import { decodeRecords, encodeRecords, MIN_RECORDS_BYTES } from './records.ts';
import type { Revocation } from './revocation.ts';
import { encodeRevocation } from './revocation.ts';
import { bytesToText } from './saved-bytes.ts';
import { TableSync } from './table-sync.ts';
import { Witnessing } from './witnessing.ts';

/** What one mesh's gossip needs to know of its node. */
export interface GossipOptions {
  readonly sodium: Sodium;
  readonly adminPublicKey: Uint8Array;
  /** The own Ed25519 identity. */
  readonly identity: KeyPair;
  /** The own credential from the configuration. A saved one of the same identity counts where it is better. */
  readonly credential: Credential;
  /** This process's, higher than any before. */
  readonly incarnation: Pick<Incarnation, 'current'>;
  /** The longest content of one frame, in bytes, at least {@link MIN_RECORDS_BYTES}. */
  readonly maxFrameBytes: number;
  /** What {@link Gossip.save} gave before, or anything else. */
  readonly saved: unknown;
}

/** What came of a HELLO's credential. */
export interface Admission {
  readonly addition: Addition;
  readonly outcome: GossipOutcome;
}

/**
 * Spreads records, revocations and key changes (PROTOCOL section 5). Give it the contents of TABLE, DIGEST, RECORDS,
 * WANT and WITNESS frames from sessions with members, and do what the outcomes say. Nothing in it waits for a time, and
 * it survives anything it is given. `nowMs` is monotonic, `wallS` is in seconds since 1970.
 */
export class Gossip {
  readonly #options: GossipOptions;
  readonly #knowledge: Knowledge;
  readonly #sync: TableSync;
  readonly #witnessing: Witnessing;
  #statesSaid = 0;

  /** Throws a RangeError where `maxFrameBytes` is too low. */
  constructor(options: GossipOptions) {
    const { sodium, adminPublicKey, identity, credential, incarnation, maxFrameBytes, saved } = options;
    if (maxFrameBytes < MIN_RECORDS_BYTES) throw new RangeError(`maxFrameBytes is below ${MIN_RECORDS_BYTES}`);
    this.#options = options;
    const own = new OwnRecord(sodium, identity.secretKey, incarnation);
    this.#knowledge = new Knowledge(sodium, adminPublicKey, own, credential, saved);
    this.#sync = new TableSync(this.#knowledge, maxFrameBytes);
    this.#witnessing = new Witnessing(sodium, identity, this.#knowledge);
  }

  /** Who is a member. Read from it; {@link Gossip.admit} adds to it. */
  get membership(): Membership {
    return this.#knowledge.membership;
  }

  /** The records, for reading. */
  get table(): NodeTable {
    return this.#knowledge.table;
  }

  /** What nodes say of their state, for reading. */
  get states(): FastTable {
    return this.#knowledge.states;
  }

  /** A node is there. */
  heard(id: NodeId, wallS: number): void {
    this.#knowledge.heardTimes.heard(id, wallS);
  }

  /** Whether a node was heard so lately that its addresses still count. */
  isLately(id: NodeId, wallS: number): boolean {
    return this.#knowledge.heardTimes.isLately(id, wallS);
  }

  /** Whether the own credential held the own number at the start. */
  get ownStanding(): Addition {
    return this.#knowledge.ownStanding;
  }

  /** The own credential as it is now, with its witness once it has one: what HELLO carries. */
  get credential(): Credential {
    return this.#knowledge.credential;
  }

  /** The newest key change, or null. */
  get keyChange(): KeyChange | null {
    return this.#knowledge.keyChange;
  }

  /** Makes the own record and sends it to all, where it says anything new. Throws a RangeError for what breaks a limit of a description. */
  describeOwn(description: NodeDescription): GossipOutcome {
    const draft = new OutcomeDraft();
    this.#publishOwn(draft, this.#knowledge.own.describe(this.credential, description));
    return draft;
  }

  /** Tells the own state to all. */
  describeState(state: NodeState): GossipOutcome {
    const draft = new OutcomeDraft();
    const { sodium, identity, incarnation } = this.#options;
    if (!this.#knowledge.holdsOwnNumber) return draft;
    const version = { incarnation: incarnation.current, sequence: ++this.#statesSaid };
    const record = signFastRecord(sodium, identity.secretKey, this.#knowledge.ownId, version, state);
    this.states.setOwn(record);
    this.#pushToAll(draft, null, [{ kind: 'fast', bytes: record.bytes }]);
    return draft;
  }

  /** Applies a revocation and sends it to all, where it verifies and is new. */
  publishRevocation(revocation: Revocation): GossipOutcome {
    const draft = new OutcomeDraft();
    if (this.#knowledge.takeRevocation(draft, revocation) === 'new')
      this.#push(draft, 'all-live', null, [{ kind: 'revocation', bytes: encodeRevocation(revocation) }]);
    return draft;
  }

  /** Applies a key change and sends it to all, where it verifies and is new. */
  publishKeyChange(change: KeyChange): GossipOutcome {
    const draft = new OutcomeDraft();
    if (this.#knowledge.takeKeyChange(draft, change) === 'new')
      this.#push(draft, 'all-live', null, [{ kind: 'key-change', bytes: encodeKeyChange(change) }]);
    return draft;
  }

  /** Judges a verified HELLO's credential, and makes its identity a member where it is accepted. */
  admit(credential: Credential, nowMs: number, wallS: number): Admission {
    const draft = new OutcomeDraft();
    const before = this.table.lastChange;
    const addition = this.membership.add(credential, wallS);
    if (addition.verdict === 'accepted' && addition.change !== 'none') {
      if (addition.change === 'new' && addition.displaced !== null)
        this.#knowledge.sayRemoved(draft, credential.certificate.id, 'displaced');
      this.#knowledge.retryWaiting(draft, nowMs, wallS);
      this.#spread(draft, null, before, () => true);
    }
    return { addition, outcome: draft };
  }

  /** What a new session with a member starts with: a WITNESS where the peer should have one. */
  onSessionStarted(peer: NodeId, wallS: number): GossipOutcome {
    const draft = new OutcomeDraft();
    this.#sync.forget(peer);
    this.heard(peer, wallS);
    const bytes = this.#witnessing.witnessFor(peer, wallS);
    if (bytes !== null) draft.send(peer, { type: 'witness', bytes });
    return draft;
  }

  /** A TABLE: what this node knows, and whether it wants changes from its receiver as they come. */
  tableNotice(wantsChanges: boolean): GossipFrame {
    return this.#sync.notice(wantsChanges);
  }

  /** Takes a TABLE. `wantsChanges` is null where it does not say: it is malformed, or an answer. */
  onTable(
    peer: NodeId,
    bytes: Uint8Array,
    nowMs: number,
  ): { readonly outcome: GossipOutcome; readonly wantsChanges: boolean | null } {
    const draft = new OutcomeDraft();
    return { outcome: draft, wantsChanges: this.#sync.onTable(draft, peer, bytes, nowMs) };
  }

  /** What nodes say of their state, for a peer that begins to want changes. */
  statesFor(peer: NodeId, nowMs: number): GossipOutcome {
    const draft = new OutcomeDraft();
    const others = this.states.records().filter(({ id }) => id !== peer);
    this.#sync.answer(
      draft,
      peer,
      others.map(({ bytes }) => ({ kind: 'fast', bytes })),
      nowMs,
    );
    return draft;
  }

  /** Answers a DIGEST with what the peer lacks, and asks for what it knows differently. */
  onDigest(peer: NodeId, bytes: Uint8Array, nowMs: number): GossipOutcome {
    const draft = new OutcomeDraft();
    this.#sync.onDigest(draft, peer, bytes, nowMs);
    return draft;
  }

  /** Answers a WANT with what is newer here, and asks for what is newer there. */
  onWant(peer: NodeId, bytes: Uint8Array, nowMs: number): GossipOutcome {
    const draft = new OutcomeDraft();
    this.#sync.onWant(draft, peer, bytes, nowMs);
    return draft;
  }

  /**
   * Takes what verifies and is new out of RECORDS, passes it on, and gives back what the peer evidently lacks.
   * A member verified what it passes on, so the first forgery ends the reading of a frame.
   */
  onRecords(peer: NodeId, bytes: Uint8Array, nowMs: number, wallS: number): GossipOutcome {
    const draft = new OutcomeDraft();
    const knowledge = this.#knowledge;
    const before = this.table.lastChange;
    const fresh: RecordsItem[] = [];
    const states: RecordsItem[] = [];
    // By content, as a frame that repeats one item must not be answered many times.
    const lacking = new Map<string, RecordsItem>();
    for (const item of decodeRecords(bytes) ?? []) {
      const taken = knowledge.take(draft, item, nowMs, wallS);
      if (taken === 'forged') break;
      if (taken === 'new' && item.kind !== 'record') {
        (item.kind === 'fast' ? states : fresh).push({ kind: item.kind, bytes: new Uint8Array(item.bytes) });
      }
      if (typeof taken !== 'string') lacking.set(bytesToText(taken.bytes), taken);
      if (item.kind === 'key-change' && this.#isNewestKeyChange(item.bytes))
        draft.say({ type: 'peer-knows-key', id: peer, serial: knowledge.keyChange?.serial ?? 0 });
    }
    if (this.table.lastChange > before) knowledge.retryWaiting(draft, nowMs, wallS);
    this.#push(draft, 'all-live', peer, fresh);
    this.#pushToAll(draft, peer, states);
    this.#spread(draft, peer, before, ({ id }) => id === peer || this.#sync.mayPassOn(peer, nowMs));
    this.#send(draft, peer, [...lacking.values()]);
    return draft;
  }

  /** Takes a witness for the own credential, which is carried from then on. */
  onWitness(peer: NodeId, bytes: Uint8Array): GossipOutcome {
    const draft = new OutcomeDraft();
    const witnessed = this.#witnessing.witnessedOwn(peer, bytes);
    if (witnessed === null) return draft;
    this.membership.readmit(witnessed);
    draft.say({ type: 'witnessed', credential: witnessed });
    this.#publishOwn(draft, this.#knowledge.own.renew(witnessed));
    return draft;
  }

  /** Everything that should outlive the process, as plain data for a state file. It holds the newest network key: keep it private. */
  save(): SavedKnowledge {
    return this.#knowledge.save();
  }

  #publishOwn(draft: OutcomeDraft, record: NodeRecord | null): void {
    if (record === null || !this.#knowledge.holdsOwnNumber) return;
    const before = this.table.lastChange;
    this.table.setOwn(record);
    this.#spread(draft, null, before, () => true);
  }

  /**
   * Passes on the records that came after a change of the table: those that only tell of a new process to servers alone, in
   * case it is a copy, and those that bring another E of the same process to nobody.
   */
  #spread(draft: OutcomeDraft, from: NodeId | null, before: number, mayPassOn: (record: NodeRecord) => boolean): void {
    const changed = this.table.changedSince(before);
    const passedOn = changed.filter(mayPassOn);
    if (passedOn.length < changed.length) draft.say({ type: 'caught-up' });
    for (const [to, by] of [
      ['servers', 'processChange'],
      ['subscribers', 'contentChange'],
    ] as const) {
      const news = new Set(this.table.changedSince(before, by));
      this.#push(draft, to, from, passedOn.filter((record) => news.has(record)).map(recordItem));
    }
  }

  #isNewestKeyChange(bytes: Uint8Array): boolean {
    const newest = this.keyChange;
    return newest !== null && Buffer.compare(encodeKeyChange(newest), bytes) === 0;
  }

  #pushToAll(draft: OutcomeDraft, from: NodeId | null, items: readonly RecordsItem[]): void {
    this.#push(draft, 'servers', from, items);
    this.#push(draft, 'subscribers', from, items);
  }

  #push(draft: OutcomeDraft, to: Audience, except: NodeId | null, items: readonly RecordsItem[]): void {
    for (const bytes of encodeRecords(items, this.#options.maxFrameBytes))
      draft.push(to, except, { type: 'records', bytes });
  }

  #send(draft: OutcomeDraft, to: NodeId, items: readonly RecordsItem[]): void {
    for (const bytes of encodeRecords(items, this.#options.maxFrameBytes)) draft.send(to, { type: 'records', bytes });
  }
}
