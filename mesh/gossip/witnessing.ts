import type { NodeId } from '../../config/node-id.ts';
import type { KeyPair, Sodium } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import { decodeWitness, encodeWitness, signWitness, verifyWitness } from './credential.ts';
import type { Knowledge } from './knowledge.ts';

/** Confirms that others' invites were used in time, and takes that confirmation for the own one (PROTOCOL section 2). */
export class Witnessing {
  readonly #sodium: Sodium;
  readonly #identity: KeyPair;
  readonly #knowledge: Knowledge;

  constructor(sodium: Sodium, identity: KeyPair, knowledge: Knowledge) {
    this.#sodium = sodium;
    this.#identity = identity;
    this.#knowledge = knowledge;
  }

  /** The content of a WITNESS for a member; null where it has one already, or came too late. `wallS` is in seconds since 1970. */
  witnessFor(peer: NodeId, wallS: number): Uint8Array | null {
    const { membership, ownId } = this.#knowledge;
    const credential = membership.member(peer)?.credential;
    if (credential === undefined || credential.witness !== null || peer === ownId) return null;
    const { expiresAtS } = credential.certificate;
    const seenAtS = Math.floor(wallS);
    if (expiresAtS !== 0 && expiresAtS <= seenAtS) return null;
    return encodeWitness(signWitness(this.#sodium, this.#identity.secretKey, ownId, credential, seenAtS));
  }

  /** The own credential with the witness that a member sent; null where it has one already, or that one does not count. */
  witnessedOwn(peer: NodeId, bytes: Uint8Array): Credential | null {
    const { membership, ownId, credential, holdsOwnNumber } = this.#knowledge;
    const witness = decodeWitness(bytes);
    const member = membership.member(peer);
    const { certificate, binding, witness: present } = credential;
    if (witness === null || member === null || present !== null) return null;
    if (witness.id !== peer || peer === ownId || !holdsOwnNumber) return null;
    if (certificate.expiresAtS !== 0 && witness.seenAtS >= certificate.expiresAtS) return null;
    const witnessed: Credential = { certificate, binding, witness };
    return verifyWitness(this.#sodium, witnessed, witness, member.identity) ? witnessed : null;
  }
}
