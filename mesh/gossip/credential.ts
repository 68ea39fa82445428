import type { NodeId } from '../../config/node-id.ts';
import { parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import type { Certificate, Roles } from './certificate.ts';
import {
  CERTIFICATE_BYTES,
  certifiedBytes,
  encodeCertificate,
  readCertificate,
  signCertificate,
  verifyCertificate,
} from './certificate.ts';
import { signingInput } from './signing-input.ts';

/** The one-time key's word that this identity is who used the certificate. */
export interface Binding {
  /** Ed25519 public key of the node. */
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
}

/** A member's word that it saw the certificate in use before it expired. */
export interface Witness {
  /** The witness's own number. */
  readonly id: NodeId;
  /** Seconds since 1970, u32. */
  readonly seenAtS: number;
  readonly signature: Uint8Array;
}

/** What makes an identity a member under a number (PROTOCOL section 2). */
export interface Credential {
  readonly certificate: Certificate;
  readonly binding: Binding;
  readonly witness: Witness | null;
}

/** Bytes of an encoded witness. */
const WITNESS_BYTES = 69;
/** Bytes of the longest credential, the one with a witness. */
export const MAX_CREDENTIAL_BYTES = CERTIFICATE_BYTES + KEY_BYTES + SIGNATURE_BYTES + 1 + WITNESS_BYTES;

/** Uses a certificate up for one identity. */
function bindIdentity(
  sodium: Sodium,
  oneTimeSecretKey: Uint8Array,
  certificate: Certificate,
  identity: Uint8Array,
): Binding {
  return { identity, signature: sodium.sign(bindingInput(certificate, identity), oneTimeSecretKey) };
}

/** True where the certificate's one-time key signed this identity. */
export function verifyBinding(sodium: Sodium, certificate: Certificate, binding: Binding): boolean {
  return sodium.verify(binding.signature, bindingInput(certificate, binding.identity), certificate.oneTimePublicKey);
}

/** True where the admin's and the one-time key's signatures verify: rule 1 of PROTOCOL section 2, and no other rule. */
export function verifyCredential(sodium: Sodium, adminPublicKey: Uint8Array, credential: Credential): boolean {
  return (
    verifyCertificate(sodium, adminPublicKey, credential.certificate) &&
    verifyBinding(sodium, credential.certificate, credential.binding)
  );
}

/** Says, as member `id` with this secret key, that the credential was seen in use at `seenAtS`. */
export function signWitness(
  sodium: Sodium,
  identitySecretKey: Uint8Array,
  id: NodeId,
  credential: Credential,
  seenAtS: number,
): Witness {
  const signature = sodium.sign(witnessInput(credential, id, seenAtS), identitySecretKey);
  return { id, seenAtS, signature };
}

/** True where the holder of `witnessIdentity` signed this witness for this credential (whatever witness the credential carries). */
export function verifyWitness(
  sodium: Sodium,
  credential: Credential,
  witness: Witness,
  witnessIdentity: Uint8Array,
): boolean {
  return sodium.verify(witness.signature, witnessInput(credential, witness.id, witness.seenAtS), witnessIdentity);
}

/** What `init` and tests need at once: a certificate for a fresh one-time key, used up for `identity`. The seed is 32 random bytes. */
export function issueCredential(
  sodium: Sodium,
  adminSecretKey: Uint8Array,
  oneTimeSeed: Uint8Array,
  fields: {
    readonly id: NodeId;
    readonly roles: Roles;
    readonly serial: number;
    readonly expiresAtS: number;
    readonly identity: Uint8Array;
  },
): Credential {
  const oneTime = sodium.signKeyPair(oneTimeSeed);
  const certificate = signCertificate(sodium, adminSecretKey, { ...fields, oneTimePublicKey: oneTime.publicKey });
  return useCertificate(sodium, certificate, oneTime.secretKey, fields.identity);
}

/** What `join` needs: turns an invite's certificate into this identity's credential. */
export function useCertificate(
  sodium: Sodium,
  certificate: Certificate,
  oneTimeSecretKey: Uint8Array,
  identity: Uint8Array,
): Credential {
  return { certificate, binding: bindIdentity(sodium, oneTimeSecretKey, certificate, identity), witness: null };
}

/** The 69 bytes of WITNESS: `0 number u8   1 seen at u32   5 signature`. */
export function encodeWitness(witness: Witness): Uint8Array {
  return new ByteWriter(new Uint8Array(WITNESS_BYTES)).u8(witness.id).u32(witness.seenAtS).raw(witness.signature).bytes;
}

/** Reads exactly one witness; null where anything is malformed or left over. Copies what it keeps. */
export function decodeWitness(bytes: Uint8Array): Witness | null {
  return bytes.length === WITNESS_BYTES ? readWitness(new ByteReader(bytes)) : null;
}

/** `certificate 107 || identity 32 || binding signature 64 || witnessed u8 (0 or 1) || witness 69 where witnessed`. */
export function encodeCredential(credential: Credential): Uint8Array {
  const { certificate, binding, witness } = credential;
  const bytes = witness === null ? MAX_CREDENTIAL_BYTES - WITNESS_BYTES : MAX_CREDENTIAL_BYTES;
  const writer = new ByteWriter(new Uint8Array(bytes))
    .raw(encodeCertificate(certificate))
    .raw(binding.identity)
    .raw(binding.signature)
    .u8(witness === null ? 0 : 1);
  if (witness !== null) writer.raw(encodeWitness(witness));
  return writer.bytes;
}

/** Reads exactly one credential; null where anything is malformed or left over. Nothing is verified. Copies what it keeps. */
export function decodeCredential(bytes: Uint8Array): Credential | null {
  const reader = new ByteReader(bytes);
  const credential = readCredential(reader);
  return reader.remaining === 0 ? credential : null;
}

/** Reads a credential out of a larger document; null where it is malformed or cut short. */
export function readCredential(reader: ByteReader): Credential | null {
  const certificate = readCertificate(reader);
  const identity = new Uint8Array(reader.raw(KEY_BYTES));
  const signature = new Uint8Array(reader.raw(SIGNATURE_BYTES));
  const witnessed = reader.u8();
  if (reader.failed || certificate === null || witnessed > 1) return null;
  const witness = witnessed === 1 ? readWitness(reader) : null;
  if (witnessed === 1 && witness === null) return null;
  return { certificate, binding: { identity, signature }, witness };
}

function readWitness(reader: ByteReader): Witness | null {
  const id = parseNodeId(reader.u8());
  const seenAtS = reader.u32();
  const signature = new Uint8Array(reader.raw(SIGNATURE_BYTES));
  return reader.failed || id === null ? null : { id, seenAtS, signature };
}

function bindingInput(certificate: Certificate, identity: Uint8Array): Uint8Array {
  return signingInput('uservpn 1 binding', certifiedBytes(certificate), identity);
}

function witnessInput(credential: Credential, id: NodeId, seenAtS: number): Uint8Array {
  const head = new ByteWriter(new Uint8Array(WITNESS_BYTES - SIGNATURE_BYTES)).u8(id).u32(seenAtS).bytes;
  const { certificate, binding } = credential;
  return signingInput('uservpn 1 witness', certifiedBytes(certificate), binding.identity, head);
}
