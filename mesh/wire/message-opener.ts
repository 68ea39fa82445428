import { Header, HEADER_BYTES, MAX_PAYLOAD_BYTES, messageBytes } from './header.ts';
import { readHeader, SEAL_BYTES, TYPE_FRAMES, VERSION, writeHeader } from './header.ts';
import type { KeyRing } from './key-ring.ts';
import type { NetworkKeys } from './network-keys.ts';
import { SealScratch, TAG_BYTES, TAG_OFFSET, WATERMARK_BYTES } from './seal-scratch.ts';
import type { Sodium } from './sodium.ts';

/**
 * Opens sealed messages (PROTOCOL section 1), in two steps because the header says which key the payload needs.
 * Whatever bytes come, nothing throws and the input stays as it was.
 *
 * No state but scratch memory, so any number of them may exist.
 */
export class MessageOpener {
  readonly #sodium: Sodium;
  readonly #scratch = new SealScratch();
  readonly #received = new Uint8Array(WATERMARK_BYTES);
  readonly #measured = new Header();
  /** T and payload without their blinding; made when the first message comes over a relay. */
  #unblinded: Uint8Array | null = null;

  constructor(sodium: Sodium) {
    this.#sodium = sodium;
  }

  /**
   * Opens the header of the message at `offset` into `header`, and returns the network keys it was sealed with; null,
   * and `header` half written, where no message of this mesh starts there. Needs the message's first 64 bytes only.
   */
  openHeader(bytes: Uint8Array, offset: number, ring: KeyRing, header: Header): NetworkKeys | null {
    if (offset + SEAL_BYTES > bytes.length) return null;
    if (this.#opensWith(ring.newest, bytes, offset, header)) return ring.newest;
    if (ring.older !== null && this.#opensWith(ring.older, bytes, offset, header)) return ring.older;
    return null;
  }

  /** T of the message whose header was opened last, without its blinding. Valid until the next one is. */
  get tag(): Uint8Array {
    return this.#scratch.tag;
  }

  /**
   * Opens the payload into the first `header.payloadBytes` of `out`. `header` and `network` are what
   * {@link MessageOpener.openHeader} gave for the same message, `key` is the level's: `network.bootstrap` or a traffic
   * key. False, and `out` not to be used, where the message is cut short, of an unknown type, or not sealed with `key`.
   *
   * `out` may be the payload's own place in `bytes`, which a wrong tag then destroys; otherwise they must not overlap.
   * Throws a RangeError where `out` is too short.
   */
  openPayload(
    bytes: Uint8Array,
    offset: number,
    header: Header,
    network: NetworkKeys,
    key: Uint8Array,
    out: Uint8Array,
  ): boolean {
    if (offset + messageBytes(header) > bytes.length) return false;
    if (header.type !== TYPE_FRAMES || header.flags !== 0) return false;
    const { payloadBytes } = header;
    if (out.length < payloadBytes) throw new RangeError(`${payloadBytes} bytes do not fit in ${out.length}`);
    const scratch = this.#scratch;
    writeHeader(header, scratch.header);
    scratch.makeNonceAndAad();
    const cipher = this.#cipher(bytes, offset, header, network);
    const plain = out.length === payloadBytes ? out : out.subarray(0, payloadBytes);
    return this.#sodium.aeadOpen(plain, cipher, scratch.tag, scratch.aad, scratch.nonce, key);
  }

  /** The length of the message at `offset`, in bytes, or 0 where none of this mesh starts there. */
  measure(bytes: Uint8Array, offset: number, ring: KeyRing): number {
    return this.openHeader(bytes, offset, ring, this.#measured) === null ? 0 : messageBytes(this.#measured);
  }

  #opensWith(network: NetworkKeys, bytes: Uint8Array, offset: number, header: Header): boolean {
    const sodium = this.#sodium;
    const scratch = this.#scratch;
    for (let i = 0; i < WATERMARK_BYTES; i++) this.#received[i] = bytes[offset + i]!;
    scratch.makeMask(sodium, network, this.#received);
    for (let i = 0; i < HEADER_BYTES; i++) {
      scratch.header[i] = bytes[offset + WATERMARK_BYTES + i]! ^ scratch.mask[i]!;
    }
    const hopIndex = scratch.header[6]!;
    const origin = scratch.header[2]!;
    // Almost all that is foreign ends here, after one hash. It tells an observer nothing: he can't choose these bytes.
    if (scratch.header[0]! >> 4 !== VERSION || hopIndex > 2 || origin === 0 || origin === 255) return false;
    scratch.takeTag(bytes, offset);
    if (hopIndex > 0) {
      scratch.makeBlindNonce(bytes, offset);
      sodium.xorStream(scratch.tag, scratch.tag, scratch.blindNonce, network.blind);
    }
    scratch.makeWatermark(sodium, network);
    return sodium.equal(scratch.watermark, this.#received) && readHeader(scratch.header, header);
  }

  /** Sets the scratch's tag and returns the payload's ciphertext, both without their blinding. */
  #cipher(bytes: Uint8Array, offset: number, header: Header, network: NetworkKeys): Uint8Array {
    const scratch = this.#scratch;
    const end = offset + SEAL_BYTES + header.payloadBytes;
    if (header.hopIndex === 0) {
      scratch.takeTag(bytes, offset);
      return bytes.subarray(offset + SEAL_BYTES, end);
    }
    this.#unblinded ??= new Uint8Array(TAG_BYTES + MAX_PAYLOAD_BYTES);
    const unblinded = this.#unblinded.subarray(0, TAG_BYTES + header.payloadBytes);
    scratch.makeBlindNonce(bytes, offset);
    this.#sodium.xorStream(unblinded, bytes.subarray(offset + TAG_OFFSET, end), scratch.blindNonce, network.blind);
    for (let i = 0; i < TAG_BYTES; i++) scratch.tag[i] = unblinded[i]!;
    return unblinded.subarray(TAG_BYTES);
  }
}
