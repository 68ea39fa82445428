import type { NodeId } from '../../config/node-id.ts';
import type { Sodium } from '../wire/sodium.ts';
import { Allowance } from './allowance.ts';
import { decodeFastRecord, type FastRecord, verifyFastRecord } from './fast-record.ts';
import type { Membership } from './membership.ts';
import { compareVersions } from './node-record.ts';

/** So many of one owner are taken at once, and then one in so many ms: what one node says must not keep a mesh busy. */
const BURST = 8;
const INTERVAL_MS = 10_000;

/** What came of a fast record from outside. */
export type FastAnswer =
  /** It is in the table now. `before` is what it took the place of, or null. */
  | { readonly status: 'newer'; readonly record: FastRecord; readonly before: FastRecord | null }
  /** `ignored`: known, of nobody that is a member or that has any to make, too often, or its owner's own affair. */
  | { readonly status: 'ignored' | 'forged' };

interface Entry {
  readonly record: FastRecord;
  readonly allowance: Allowance;
}

/** The newest verified fast record of every member. Bounded by the 254 numbers. It survives anything it is given. */
export class FastTable {
  readonly #sodium: Sodium;
  readonly #membership: Membership;
  readonly #ownId: NodeId;
  readonly #servesNobody: (id: NodeId) => boolean;
  readonly #entries = new Map<NodeId, Entry>();
  #generation = 0;

  /** @param servesNobody whether a node's record says that it is no server. */
  constructor(sodium: Sodium, membership: Membership, ownId: NodeId, servesNobody: (id: NodeId) => boolean) {
    this.#sodium = sodium;
    this.#membership = membership;
    this.#ownId = ownId;
    this.#servesNobody = servesNobody;
  }

  /** Takes one from outside. */
  take(bytes: Uint8Array, nowMs: number): FastAnswer {
    const record = decodeFastRecord(bytes);
    if (record === null) return { status: 'forged' };
    const member = this.#membership.member(record.id);
    if (member === null || record.id === this.#ownId) return { status: 'ignored' };
    if (!member.roles.exit && !member.roles.relay && this.#servesNobody(record.id)) return { status: 'ignored' };
    const known = this.#entries.get(record.id);
    if (known !== undefined && compareVersions(record, known.record) <= 0) return { status: 'ignored' };
    const allowance = known?.allowance ?? new Allowance(BURST, INTERVAL_MS);
    // Counted after the signature, so that only its owner can use it up.
    if (!allowance.has(nowMs)) return { status: 'ignored' };
    if (!verifyFastRecord(this.#sodium, record, member.identity)) return { status: 'forged' };
    allowance.take(1, nowMs);
    this.#entries.set(record.id, { record, allowance });
    this.#generation++;
    return { status: 'newer', record, before: known?.record ?? null };
  }

  /** Puts the own one in. */
  setOwn(record: FastRecord): void {
    this.#entries.set(record.id, { record, allowance: new Allowance(BURST, INTERVAL_MS) });
    this.#generation++;
  }

  /** Forgets a node that lost its number, or that nobody has heard for long. */
  drop(id: NodeId): void {
    if (this.#entries.delete(id)) this.#generation++;
  }

  /** The number's, or null. */
  get(id: NodeId): FastRecord | null {
    return this.#entries.get(id)?.record ?? null;
  }

  /** All of them. */
  records(): readonly FastRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** Grows with every change. */
  get generation(): number {
    return this.#generation;
  }
}
