import { KEY_BYTES } from './sodium.ts';
import type { Sodium } from './sodium.ts';

const encoder = new TextEncoder();

/** The keys that everybody with one network key has (PROTOCOL section 1). */
export class NetworkKeys {
  /** The network key itself, for pair keys. */
  readonly key: Uint8Array;
  readonly watermark: Uint8Array;
  readonly mask: Uint8Array;
  readonly blind: Uint8Array;
  readonly bootstrap: Uint8Array;

  /** `networkKey` has 32 bytes and is copied. */
  constructor(sodium: Sodium, networkKey: Uint8Array) {
    if (networkKey.length !== KEY_BYTES) throw new RangeError(`a network key has ${KEY_BYTES} bytes`);
    this.key = networkKey.slice();
    this.watermark = derive(sodium, networkKey, 'watermark');
    this.mask = derive(sodium, networkKey, 'mask');
    this.blind = derive(sodium, networkKey, 'blind');
    this.bootstrap = derive(sodium, networkKey, 'bootstrap');
  }

  /** Overwrites all of them; nothing can be sealed or opened with them any more. */
  wipe(sodium: Sodium): void {
    for (const key of [this.key, this.watermark, this.mask, this.blind, this.bootstrap]) sodium.wipe(key);
  }
}

function derive(sodium: Sodium, networkKey: Uint8Array, purpose: string): Uint8Array {
  const out = new Uint8Array(KEY_BYTES);
  sodium.hash(out, encoder.encode(`uservpn 1 ${purpose}`), networkKey);
  return out;
}
