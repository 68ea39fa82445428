import type { RandomSource } from '../random-source.ts';
import { Header, HEADER_BYTES, isValidHeader, messageBytes, SEAL_BYTES, writeHeader } from './header.ts';
import type { NetworkKeys } from './network-keys.ts';
import { SealScratch, TAG_BYTES, TAG_OFFSET, WATERMARK_BYTES } from './seal-scratch.ts';
import type { Sodium } from './sodium.ts';

/**
 * Makes sealed messages (PROTOCOL section 1).
 *
 * ```
 *  0  W, watermark 16   16  C, masked header 32   48  T, tag 16   64  payload   64 + payloadBytes  waste
 * ```
 *
 * No state but scratch memory, so any number of them may exist. Nonces are the caller's duty: under one key, no two
 * headers may agree in session, path id and packet number.
 */
export class MessageSealer {
  readonly #sodium: Sodium;
  readonly #waste: WasteSource;
  readonly #scratch = new SealScratch();
  readonly #next = new Header();

  constructor(sodium: Sodium, random: RandomSource) {
    this.#sodium = sodium;
    this.#waste = new WasteSource(random);
  }

  /**
   * Seals the message that begins at `offset` of `out`, and returns its length in bytes. The payload,
   * `header.payloadBytes` long, stands in `out` from `offset + 64` on and is encrypted in its place; the rest is
   * written. `key` is the level's: `network.bootstrap` or a traffic key.
   *
   * Throws a RangeError where the header is invalid or has passed a relay, or `out` is too short.
   */
  seal(out: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): number {
    if (header.hopIndex !== 0 || !isValidHeader(header)) throw new RangeError('a header that may not be sealed');
    const end = offset + messageBytes(header);
    if (end > out.length) throw new RangeError(`${end - offset} bytes do not fit at ${offset} of ${out.length}`);
    const scratch = this.#scratch;
    writeHeader(header, scratch.header);
    scratch.makeNonceAndAad();
    const payloadEnd = offset + SEAL_BYTES + header.payloadBytes;
    const payload = out.subarray(offset + SEAL_BYTES, payloadEnd);
    this.#sodium.aeadSeal(payload, scratch.tag, payload, scratch.aad, scratch.nonce, key);
    this.#waste.draw(out, payloadEnd, end);
    this.#writeStart(out, offset, network);
    return end - offset;
  }

  /**
   * Seals the opened message at `offset` of `bytes` again, for its next hop, into `out` at `outOffset`, and returns its
   * new length in bytes: `wasteBytes` of new waste, hop index one higher, `tick` as this relay's (`ticksAfter` of the
   * origin's time). `network` must be the keys it was opened with, because its destination finds the traffic key by
   * them. Returns 0 where the message is cut short or its route has no relay left. `out` must not overlap `bytes`.
   *
   * Throws a RangeError where `out` is too short, or `tick` or `wasteBytes` is above 255.
   */
  forward(
    out: Uint8Array,
    outOffset: number,
    bytes: Uint8Array,
    offset: number,
    header: Header,
    network: NetworkKeys,
    tick: number,
    wasteBytes: number,
  ): number {
    if (offset + messageBytes(header) > bytes.length) return 0;
    const next = this.#next;
    next.copyFrom(header);
    if (!passRelay(next, tick)) return 0;
    next.wasteBytes = wasteBytes;
    if (!isValidHeader(next)) throw new RangeError('a tick or waste above 255, or a header that was never opened');
    const end = outOffset + messageBytes(next);
    if (end > out.length) throw new RangeError(`${end - outOffset} bytes do not fit at ${outOffset} of ${out.length}`);

    const sodium = this.#sodium;
    const scratch = this.#scratch;
    const payloadEnd = SEAL_BYTES + header.payloadBytes;
    const input = bytes.subarray(offset + TAG_OFFSET, offset + payloadEnd);
    const output = out.subarray(outOffset + TAG_OFFSET, end);
    if (header.hopIndex === 0) {
      output.set(input);
    } else {
      scratch.makeBlindNonce(bytes, offset);
      sodium.xorStream(output.subarray(0, input.length), input, scratch.blindNonce, network.blind);
    }
    this.#waste.draw(out, outOffset + payloadEnd, end);
    scratch.takeTag(out, outOffset);
    writeHeader(next, scratch.header);
    this.#writeStart(out, outOffset, network);
    scratch.makeBlindNonce(out, outOffset);
    sodium.xorStream(output, output, scratch.blindNonce, network.blind);
    return end - outOffset;
  }

  /** Writes W, C and T from the scratch's header and tag. */
  #writeStart(out: Uint8Array, offset: number, network: NetworkKeys): void {
    const { watermark, mask, header, tag } = this.#scratch;
    this.#scratch.makeWatermark(this.#sodium, network);
    this.#scratch.makeMask(this.#sodium, network, watermark);
    for (let i = 0; i < WATERMARK_BYTES; i++) out[offset + i] = watermark[i]!;
    for (let i = 0; i < HEADER_BYTES; i++) out[offset + WATERMARK_BYTES + i] = header[i]! ^ mask[i]!;
    for (let i = 0; i < TAG_BYTES; i++) out[offset + TAG_OFFSET + i] = tag[i]!;
  }
}

/** Makes the header the one the next relay or the destination gets. False where the route has no relay left. */
function passRelay(header: Header, tick: number): boolean {
  switch (header.hopIndex) {
    case 0:
      header.hopIndex = 1;
      header.relay1Tick = tick;
      return header.relay1 !== 0;
    case 1:
      header.hopIndex = 2;
      header.relay2Tick = tick;
      return header.relay2 !== 0;
    case 2:
      return false;
  }
}

/** Draws many random bytes at a time: asking the operating system for a dozen costs as much as for a thousand. */
class WasteSource {
  readonly #random: RandomSource;
  readonly #pool = new Uint8Array(1024);
  #used = this.#pool.length;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** Fills `out` from `start` to `end`, at most 255 bytes. */
  draw(out: Uint8Array, start: number, end: number): void {
    if (this.#used + end - start > this.#pool.length) {
      this.#random.fill(this.#pool);
      this.#used = 0;
    }
    for (let i = start; i < end; i++) out[i] = this.#pool[this.#used++]!;
  }
}
