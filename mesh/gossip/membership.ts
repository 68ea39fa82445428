import { LRUCache } from 'lru-cache';
import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID } from '../../config/node-id.ts';
import type { Sodium } from '../wire/sodium.ts';
import type { Roles } from './certificate.ts';
import { certifiedBytes } from './certificate.ts';
import type { Credential, Witness } from './credential.ts';
import { decodeCredential, encodeCredential, encodeWitness, verifyCredential, verifyWitness } from './credential.ts';
import type { Revocation } from './revocation.ts';
import { decodeRevocation, encodeRevocation, verifyRevocation } from './revocation.ts';
import { bytesToText, savedList, textToBytes } from './saved-bytes.ts';

/** An identity that holds a number. */
export interface Member {
  readonly id: NodeId;
  /** Ed25519 public key. */
  readonly identity: Uint8Array;
  readonly roles: Roles;
  readonly credential: Credential;
}

/** Whether a credential makes its identity a member. */
export type Judgement =
  | { readonly verdict: 'accepted' }
  /** The certificate expired and whether it was used in time depends on a witness who is no member (yet). */
  | { readonly verdict: 'unknown-witness'; readonly witness: NodeId }
  | { readonly verdict: 'refused'; readonly reason: RefusedCredential };

/**
 * `forged`: the admin's or the binding's signature is wrong. `revoked`: its serial is. `expired`: too late, and
 * nobody saw it in time. `witness`: too late, and the witness's signature is not that of the member with its
 * number. `outranked`: another identity has the better credential for the number.
 */
export type RefusedCredential = 'forged' | 'revoked' | 'expired' | 'witness' | 'outranked';

/** What adding a credential did. */
export type Addition =
  /** `displaced` is the identity that held the number until now, or null. */
  | { readonly verdict: 'accepted'; readonly change: 'new'; readonly displaced: Uint8Array | null }
  /** The same identity under a better credential, or one already known. */
  | { readonly verdict: 'accepted'; readonly change: 'renewed' | 'none' }
  | Exclude<Judgement, { readonly verdict: 'accepted' }>;

/** What a revocation did: `removed` is the member who lost the number, or null. */
export type RevocationResult =
  { readonly verdict: 'new'; readonly removed: Member | null } | { readonly verdict: 'known' | 'forged' };

/** A {@link Membership} as it is kept on disk: plain data for JSON. */
export interface SavedMembership {
  readonly revocations: readonly string[];
  readonly credentials: readonly string[];
}

/** A credential's own signatures and its witness's are one proof each; twice what a full mesh needs. */
const MAX_PROOFS = 2 * 2 * MAX_NODE_ID;

/**
 * Who holds which number: the four rules of PROTOCOL section 2. It survives anything it is given. Whatever the
 * order in which credentials and revocations arrive, the same identities hold the numbers in the end, provided
 * that what was answered `unknown-witness`, `witness` or `outranked` is offered again after others changed, and
 * that no witness lost its number.
 *
 * A member stays one when its certificate expires later, and when its witness is put out: it was in time, and
 * revoking one node must not cut off those it once vouched for. For a conflict only a witness who is a member counts.
 */
export class Membership {
  readonly #sodium: Sodium;
  readonly #adminPublicKey: Uint8Array;
  readonly #members = new Map<NodeId, Member>();
  readonly #revocations = new Map<NodeId, Revocation>();
  /** Signatures that verified, by everything they depend on; a credential comes with each HELLO and record. */
  readonly #proofs = new LRUCache<string, true>({ max: MAX_PROOFS });
  #revocationChanges = 0;

  constructor(sodium: Sodium, adminPublicKey: Uint8Array) {
    this.#sodium = sodium;
    this.#adminPublicKey = new Uint8Array(adminPublicKey);
  }

  /** Decides by the verifier's wall clock, in seconds since 1970, and changes nothing. */
  judge(credential: Credential, wallS: number): Judgement {
    return this.#judge(credential, wallS);
  }

  /** Judges, and where it is accepted gives the number to its identity. */
  add(credential: Credential, wallS: number): Addition {
    const judgement = this.#judge(credential, wallS);
    return judgement.verdict === 'accepted' ? this.#accept(credential) : judgement;
  }

  /**
   * Adds without asking whether it is too late: for the own credential, and for what this node accepted in time
   * before it restarted.
   */
  readmit(credential: Credential): Addition {
    const judgement = this.#judge(credential, 'in-time');
    return judgement.verdict === 'accepted' ? this.#accept(credential) : judgement;
  }

  /** Puts out a number's serials up to the revocation's. The serial only grows; one that is not higher is `known`. */
  revoke(revocation: Revocation): RevocationResult {
    const { id, upToSerial } = revocation;
    if (upToSerial <= this.#revokedSerial(id)) return { verdict: 'known' };
    if (!verifyRevocation(this.#sodium, this.#adminPublicKey, revocation)) return { verdict: 'forged' };
    this.#revocations.set(id, revocation);
    this.#revocationChanges += 1;
    const member = this.#members.get(id);
    if (member === undefined || member.credential.certificate.serial > upToSerial)
      return { verdict: 'new', removed: null };
    this.#members.delete(id);
    return { verdict: 'new', removed: member };
  }

  /** Who holds the number, or null. */
  member(id: NodeId): Member | null {
    return this.#members.get(id) ?? null;
  }

  /** Every member, in the order in which the numbers were first given. */
  members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** The newest revocation of every number that has one. */
  revocations(): ReadonlyMap<NodeId, Revocation> {
    return this.#revocations;
  }

  /** Grows with every new revocation. */
  get revocationChanges(): number {
    return this.#revocationChanges;
  }

  /** Everything as plain data for a state file. */
  save(): SavedMembership {
    return {
      revocations: [...this.#revocations.values()].map((revocation) => bytesToText(encodeRevocation(revocation))),
      credentials: [...this.#members.values()].map((member) => bytesToText(encodeCredential(member.credential))),
    };
  }

  /** Takes back what {@link save} gave. Signatures are verified again; entries that are not valid are dropped one by one. */
  restore(saved: unknown): void {
    for (const text of savedList(saved, 'revocations', MAX_NODE_ID)) {
      const bytes = textToBytes(text);
      const revocation = bytes === null ? null : decodeRevocation(bytes);
      if (revocation !== null) this.revoke(revocation);
    }
    for (const text of savedList(saved, 'credentials', MAX_NODE_ID)) {
      const bytes = textToBytes(text);
      const credential = bytes === null ? null : decodeCredential(bytes);
      if (credential !== null) this.readmit(credential);
    }
  }

  #judge(credential: Credential, wallS: number | 'in-time'): Judgement {
    const { certificate, binding } = credential;
    if (!this.#isProven(credential)) return { verdict: 'refused', reason: 'forged' };
    if (certificate.serial <= this.#revokedSerial(certificate.id)) return { verdict: 'refused', reason: 'revoked' };
    const holder = this.#members.get(certificate.id);
    const sameIdentity = holder !== undefined && isSame(holder.identity, binding.identity);
    const wasInTime =
      wallS === 'in-time' || (sameIdentity && isSame(holder.credential.certificate.signature, certificate.signature));
    if (!wasInTime && certificate.expiresAtS !== 0 && certificate.expiresAtS <= wallS) {
      const late = this.#judgeWitness(credential);
      if (late !== null) return late;
    }
    if (holder !== undefined && !sameIdentity && !this.#isBetter(credential, holder.credential))
      return { verdict: 'refused', reason: 'outranked' };
    return { verdict: 'accepted' };
  }

  /** Null where the witness makes up for an expired certificate. */
  #judgeWitness(credential: Credential): Judgement | null {
    const witness = usableWitness(credential);
    if (witness === null) return { verdict: 'refused', reason: 'expired' };
    if (!this.#members.has(witness.id)) return { verdict: 'unknown-witness', witness: witness.id };
    return this.#seenAtS(credential) === null ? { verdict: 'refused', reason: 'witness' } : null;
  }

  #accept(credential: Credential): Addition {
    const { id, roles } = credential.certificate;
    const { identity } = credential.binding;
    const holder = this.#members.get(id);
    const sameIdentity = holder !== undefined && isSame(holder.identity, identity);
    if (sameIdentity && !this.#isBetter(credential, holder.credential)) return { verdict: 'accepted', change: 'none' };
    this.#members.set(id, { id, identity, roles, credential });
    if (sameIdentity) return { verdict: 'accepted', change: 'renewed' };
    return { verdict: 'accepted', change: 'new', displaced: holder?.identity ?? null };
  }

  /** Rule 4: the higher serial; then one with a witness, the earlier seen first; then the lower identity. */
  #isBetter(credential: Credential, than: Credential): boolean {
    const serials = credential.certificate.serial - than.certificate.serial;
    if (serials !== 0) return serials > 0;
    const seenAtS = this.#seenAtS(credential) ?? Number.POSITIVE_INFINITY;
    const thanSeenAtS = this.#seenAtS(than) ?? Number.POSITIVE_INFINITY;
    if (seenAtS !== thanSeenAtS) return seenAtS < thanSeenAtS;
    return Buffer.compare(credential.binding.identity, than.binding.identity) < 0;
  }

  /**
   * When a witness saw it, or null where no member says so. Asked again each time, as the witness may have
   * become a member or have stopped being one since.
   */
  #seenAtS(credential: Credential): number | null {
    const witness = usableWitness(credential);
    const member = witness === null ? undefined : this.#members.get(witness.id);
    if (witness === null || member === undefined) return null;
    const { certificate, binding } = credential;
    const key = proofKey(certifiedBytes(certificate), binding.identity, encodeWitness(witness), member.identity);
    return this.#prove(key, () => verifyWitness(this.#sodium, credential, witness, member.identity))
      ? witness.seenAtS
      : null;
  }

  #isProven(credential: Credential): boolean {
    const key = proofKey(encodeCredential({ ...credential, witness: null }));
    return this.#prove(key, () => verifyCredential(this.#sodium, this.#adminPublicKey, credential));
  }

  #prove(key: string, verify: () => boolean): boolean {
    if (this.#proofs.get(key) === true) return true;
    if (!verify()) return false;
    this.#proofs.set(key, true);
    return true;
  }

  #revokedSerial(id: NodeId): number {
    return this.#revocations.get(id)?.upToSerial ?? -1;
  }
}

/** The witness where it can count at all: nobody vouches for the own number, nor for what had expired. */
function usableWitness({ certificate, witness }: Credential): Witness | null {
  if (witness === null || witness.id === certificate.id) return null;
  return certificate.expiresAtS === 0 || witness.seenAtS < certificate.expiresAtS ? witness : null;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function proofKey(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('latin1');
}
