import { HEADER_BYTES } from './header.ts';
import type { NetworkKeys } from './network-keys.ts';
import type { Sodium } from './sodium.ts';

/** Bytes of the watermark W. */
export const WATERMARK_BYTES = 16;

/** Bytes of the payload's tag T. */
export const TAG_BYTES = 16;

/** Where T stands in a message; from here to the end a message that passed a relay is blinded. */
export const TAG_OFFSET = WATERMARK_BYTES + HEADER_BYTES;

/** What sealing and opening compute on the way, allocated once. The steps are those of PROTOCOL section 1. */
export class SealScratch {
  /** H || T, the input of the watermark. */
  readonly headerAndTag = new Uint8Array(HEADER_BYTES + TAG_BYTES);
  /** H, a part of {@link SealScratch.headerAndTag}. */
  readonly header = this.headerAndTag.subarray(0, HEADER_BYTES);
  /** T, the other part of it. */
  readonly tag = this.headerAndTag.subarray(HEADER_BYTES);
  readonly watermark = new Uint8Array(WATERMARK_BYTES);
  readonly mask = new Uint8Array(HEADER_BYTES);
  /** The payload's nonce; its last three bytes stay zero. */
  readonly nonce = new Uint8Array(24);
  /** The payload's associated data. */
  readonly aad = new Uint8Array(HEADER_BYTES);
  /** W || eight zero bytes. */
  readonly blindNonce = new Uint8Array(24);

  /** Sets `watermark` from `headerAndTag`. */
  makeWatermark(sodium: Sodium, network: NetworkKeys): void {
    sodium.hash(this.watermark, this.headerAndTag, network.watermark);
  }

  /** Sets `mask` from a watermark. */
  makeMask(sodium: Sodium, network: NetworkKeys, watermark: Uint8Array): void {
    sodium.hash(this.mask, watermark, network.mask);
  }

  /** Sets `nonce` (H's bytes 1-5, 8-12, 15-25) and `aad` (H without what relays change) from `header`. */
  makeNonceAndAad(): void {
    const { header, nonce, aad } = this;
    for (let i = 0; i < 5; i++) {
      nonce[i] = header[1 + i]!;
      nonce[5 + i] = header[8 + i]!;
    }
    for (let i = 0; i < 11; i++) nonce[10 + i] = header[15 + i]!;
    for (let i = 0; i < HEADER_BYTES; i++) aad[i] = header[i]!;
    aad[6] = 0;
    aad[7] = 0;
    aad[13] = 0;
    aad[14] = 0;
  }

  /** Sets `blindNonce` from the watermark of the message at `offset`. */
  makeBlindNonce(bytes: Uint8Array, offset: number): void {
    for (let i = 0; i < WATERMARK_BYTES; i++) this.blindNonce[i] = bytes[offset + i]!;
  }

  /** Sets `tag` from the message at `offset`, as it stands there. */
  takeTag(bytes: Uint8Array, offset: number): void {
    for (let i = 0; i < TAG_BYTES; i++) this.tag[i] = bytes[offset + TAG_OFFSET + i]!;
  }
}
