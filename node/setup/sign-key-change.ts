import { KEY_BYTES } from '../../config/key-text.ts';
import { decodeKeyChange, encodeKeyChange, signKeyChange } from '../../mesh/gossip/key-change.ts';
import { randomBytesOf } from '../random.ts';
import { requireAdmin } from './admin-key.ts';
import { changeLedger, nextSerial } from './admin-ledger.ts';
import type { SetupMeans } from './make-network.ts';
import { ledgerPlace, type LoadedConfig } from './read-config-file.ts';

/** A key change that is kept in the ledger, from where the next `up` spreads it. Holds the new network key. */
export interface SignedKeyChange {
  readonly document: Uint8Array;
  /** Seconds since 1970. */
  readonly oldKeyEndsAtS: number;
  readonly warning: string | null;
}

/** Makes a new network key; the old one is accepted for `graceSeconds` more. Throws a UserError. */
export async function changeNetworkKey(
  loaded: LoadedConfig,
  graceSeconds: number,
  { sodium, random, wallMs }: SetupMeans,
): Promise<SignedKeyChange> {
  const admin = requireAdmin(sodium, loaded);
  return changeLedger(ledgerPlace(loaded), wallMs, ({ ledger, warning }) => {
    const last = ledger.keyChange === null ? null : decodeKeyChange(Buffer.from(ledger.keyChange, 'base64'));
    const oldKeyEndsAtS = Math.floor(wallMs / 1000) + graceSeconds;
    const change = signKeyChange(sodium, admin.secretKey, {
      serial: nextSerial(last?.serial, wallMs),
      networkKey: randomBytesOf(random, KEY_BYTES),
      oldKeyEndsAtS,
    });
    const document = encodeKeyChange(change);
    const keyChange = Buffer.from(document).toString('base64');
    return { ledger: { ...ledger, keyChange }, result: { document, oldKeyEndsAtS, warning } };
  });
}
