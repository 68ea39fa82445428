import type { NodeId } from '../../config/node-id.ts';
import { parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import { signingInput } from './signing-input.ts';

/** What a number may do for others; only what the admin certified counts. */
export interface Roles {
  readonly exit: boolean;
  readonly relay: boolean;
}

/** What the admin certifies: whoever holds the one-time key may give the number to one identity. */
export interface CertificateFields {
  readonly id: NodeId;
  readonly roles: Roles;
  /** u32; of two certificates for one number the higher counts. */
  readonly serial: number;
  /** Seconds since 1970, u32; 0 is never. */
  readonly expiresAtS: number;
  readonly oneTimePublicKey: Uint8Array;
}

/** An admin's certificate for one number (PROTOCOL section 2). */
export interface Certificate extends CertificateFields {
  readonly signature: Uint8Array;
}

/** Bytes of an encoded certificate. */
export const CERTIFICATE_BYTES = 107;

const VERSION = 1;
const SIGNED_BYTES = CERTIFICATE_BYTES - SIGNATURE_BYTES;
const ROLE_EXIT = 1;
const ROLE_RELAY = 2;

/**
 * Bytes 0 to 42, which the admin, the one-time key and every witness sign:
 * ```
 *  0  version u8 = 1   1  number u8   2  roles u8 (1 exit, 2 relay)   3  serial u32   7  expires u32
 * 11  one-time public key
 * ```
 */
export function certifiedBytes(fields: CertificateFields): Uint8Array {
  return new ByteWriter(new Uint8Array(SIGNED_BYTES))
    .u8(VERSION)
    .u8(fields.id)
    .u8((fields.roles.exit ? ROLE_EXIT : 0) | (fields.roles.relay ? ROLE_RELAY : 0))
    .u32(fields.serial)
    .u32(fields.expiresAtS)
    .raw(fields.oneTimePublicKey).bytes;
}

/** The 107 bytes of a certificate. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return new ByteWriter(new Uint8Array(CERTIFICATE_BYTES)).raw(certifiedBytes(certificate)).raw(certificate.signature)
    .bytes;
}

/** Reads exactly one certificate; null where anything is malformed or left over. Nothing is verified. Copies what it keeps. */
export function decodeCertificate(bytes: Uint8Array): Certificate | null {
  return bytes.length === CERTIFICATE_BYTES ? readCertificate(new ByteReader(bytes)) : null;
}

/** Reads a certificate out of a larger document; null where it is malformed or cut short. */
export function readCertificate(reader: ByteReader): Certificate | null {
  const version = reader.u8();
  const id = parseNodeId(reader.u8());
  const roles = reader.u8();
  const serial = reader.u32();
  const expiresAtS = reader.u32();
  const oneTimePublicKey = new Uint8Array(reader.raw(KEY_BYTES));
  const signature = new Uint8Array(reader.raw(SIGNATURE_BYTES));
  if (reader.failed || version !== VERSION || id === null || roles > (ROLE_EXIT | ROLE_RELAY)) return null;
  return {
    id,
    roles: { exit: (roles & ROLE_EXIT) !== 0, relay: (roles & ROLE_RELAY) !== 0 },
    serial,
    expiresAtS,
    oneTimePublicKey,
    signature,
  };
}

/** Makes a certificate on the node that holds the admin key. */
export function signCertificate(sodium: Sodium, adminSecretKey: Uint8Array, fields: CertificateFields): Certificate {
  const { id, roles, serial, expiresAtS, oneTimePublicKey } = fields;
  const signature = sodium.sign(signingInput('uservpn 1 certificate', certifiedBytes(fields)), adminSecretKey);
  return { id, roles, serial, expiresAtS, oneTimePublicKey, signature };
}

/** True where the admin signed exactly this. */
export function verifyCertificate(sodium: Sodium, adminPublicKey: Uint8Array, certificate: Certificate): boolean {
  const input = signingInput('uservpn 1 certificate', certifiedBytes(certificate));
  return sodium.verify(certificate.signature, input, adminPublicKey);
}
