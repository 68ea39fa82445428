import type { NodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import { decodeCredential, encodeCredential, MAX_CREDENTIAL_BYTES } from './credential.ts';
import { signingInput } from './signing-input.ts';

/** What a HELLO says (PROTOCOL section 2). */
export interface HelloFields {
  readonly credential: Credential;
  /** The sender's E, 32 bytes. */
  readonly ephemeralPublicKey: Uint8Array;
  /** u32, higher at each start of the sender's process. */
  readonly incarnation: number;
  /** u32 from 1, higher in each HELLO of an incarnation. */
  readonly counter: number;
  /** The session number that the sender proposes or uses with the receiver. */
  readonly session: number;
  /** The key id of the receiver's E that the sender knows, or 0. */
  readonly peerKeyId: number;
}

/** A HELLO as it was received or is sent. */
export interface Hello extends HelloFields {
  /** The encoded content with its signature. */
  readonly bytes: Uint8Array;
}

/** Bytes of the longest HELLO content, without the frame's type and length. */
export const MAX_HELLO_BYTES = 2 + MAX_CREDENTIAL_BYTES + KEY_BYTES + 14 + SIGNATURE_BYTES;

/**
 * Makes and signs a HELLO for one receiver; destination 0 means "whoever you are".
 * ```
 * credential sized | E 32 | incarnation u32 | counter u32 | session u32 | peer key id u16 | signature 64
 * ```
 * The origin is the credential's number.
 */
export function signHello(
  sodium: Sodium,
  identitySecretKey: Uint8Array,
  destination: NodeId | 0,
  fields: HelloFields,
): Hello {
  const writer = new ByteWriter(new Uint8Array(MAX_HELLO_BYTES))
    .sized(encodeCredential(fields.credential))
    .raw(fields.ephemeralPublicKey)
    .u32(fields.incarnation)
    .u32(fields.counter)
    .u32(fields.session)
    .u16(fields.peerKeyId);
  const input = helloInput(fields.credential.certificate.id, destination, writer.written());
  writer.raw(sodium.sign(input, identitySecretKey));
  return { ...fields, bytes: writer.written().slice() };
}

/** Reads exactly one HELLO content; null where anything is malformed or left over. Nothing is verified. Copies what it keeps. */
export function decodeHello(bytes: Uint8Array): Hello | null {
  if (bytes.length > MAX_HELLO_BYTES) return null;
  const reader = new ByteReader(bytes);
  const credential = decodeCredential(reader.sized(MAX_CREDENTIAL_BYTES));
  const ephemeralPublicKey = new Uint8Array(reader.raw(KEY_BYTES));
  const incarnation = reader.u32();
  const counter = reader.u32();
  const session = reader.u32();
  const peerKeyId = reader.u16();
  // The counter starts at 1, so 0 was never sent.
  if (reader.failed || credential === null || counter === 0 || reader.remaining !== SIGNATURE_BYTES) return null;
  return { credential, ephemeralPublicKey, incarnation, counter, session, peerKeyId, bytes: new Uint8Array(bytes) };
}

/**
 * True where its identity signed it for exactly this way from `origin` to `destination`, both as the message's
 * header says, and the credential is one for `origin`. The credential itself is for the membership to judge.
 */
export function verifyHello(sodium: Sodium, hello: Hello, origin: NodeId, destination: NodeId | 0): boolean {
  const signedBytes = hello.bytes.length - SIGNATURE_BYTES;
  return (
    hello.credential.certificate.id === origin &&
    sodium.verify(
      hello.bytes.subarray(signedBytes),
      helloInput(origin, destination, hello.bytes.subarray(0, signedBytes)),
      hello.credential.binding.identity,
    )
  );
}

function helloInput(origin: number, destination: number, content: Uint8Array): Uint8Array {
  return signingInput('uservpn 1 hello', Uint8Array.of(origin, destination), content);
}
