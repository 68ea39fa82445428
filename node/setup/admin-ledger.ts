import { join } from 'node:path';
import { z } from 'zod';
import { formatKeyText } from '../../config/key-text.ts';
import { MAX_NODE_ID, type NodeId } from '../../config/node-id.ts';
import { withGuard } from '../files/guard.ts';
import { makePrivateFolder } from '../files/atomic-write.ts';
import { StateFile } from '../state/state-file.ts';
import { UserError } from '../user-error.ts';

const u32 = z.number().int().min(0).max(0xffff_ffff);

const ledgerSchema = z.strictObject({
  version: z.literal(1),
  /** What was given out, by number as text. */
  numbers: z.record(
    z.string().regex(/^[1-9]\d{0,2}$/),
    z.strictObject({ name: z.string(), serial: u32, revoked: z.boolean() }),
  ),
  /** Signed documents, base64: the newest revocation of each number, and the newest key change. */
  revocations: z.array(z.base64().max(256)).max(MAX_NODE_ID),
  keyChange: z.base64().max(256).nullable(),
});

/** What the node with the admin key has given out and signed. It is a secret: a key change holds the network key. */
export type AdminLedger = z.infer<typeof ledgerSchema>;

/** A ledger, and how the file of an older one was moved aside because it was damaged. */
export interface LoadedLedger {
  readonly ledger: AdminLedger;
  readonly warning: string | null;
}

/** Where the ledger of a network lies. */
export interface LedgerPlace {
  readonly stateFolder: string;
  /** Tells networks apart: what an earlier one left in the same folder is neither used nor touched. */
  readonly adminPublicKey: Uint8Array;
}

/** Reads the ledger; an empty one where there is none. */
export function loadLedger(place: LedgerPlace, wallMs: number): LoadedLedger {
  const file = ledgerFile(place);
  const loaded = file.load(wallMs);
  const empty: AdminLedger = { version: 1, numbers: {}, revocations: [], keyChange: null };
  switch (loaded.type) {
    case 'absent':
      return { ledger: empty, warning: null };
    case 'damaged':
      return { ledger: empty, warning: `${file.path} was damaged; it is kept as ${loaded.movedTo}.` };
    case 'loaded': {
      const parsed = ledgerSchema.safeParse(loaded.value);
      if (parsed.success) return { ledger: parsed.data, warning: null };
      throw new UserError(
        'failed',
        `${file.path} does not hold what this version of uservpn writes there. Use the version that wrote it, or move ` +
          'the file away: numbers given out before are then no longer known to be taken.',
      );
    }
  }
}

/** Runs `change` on the ledger and saves what it returns as `ledger`, one process at a time. */
export async function changeLedger<T>(
  place: LedgerPlace,
  wallMs: number,
  change: (loaded: LoadedLedger) => { readonly ledger: AdminLedger; readonly result: T },
): Promise<T> {
  makePrivateFolder(place.stateFolder);
  return withGuard(place.stateFolder, 'signing', () => {
    const { ledger, result } = change(loadLedger(place, wallMs));
    ledgerFile(place).save(ledger);
    return result;
  });
}

/** The ledger with a number given out. */
export function withNumber(ledger: AdminLedger, id: NodeId, name: string, serial: number): AdminLedger {
  return { ...ledger, numbers: { ...ledger.numbers, [id]: { name, serial, revoked: false } } };
}

/**
 * A serial above all that this number had. Serials follow the clock, so that they grow even where the ledger was lost.
 */
export function nextSerial(lastSerial: number | undefined, wallMs: number): number {
  const serial = Math.max((lastSerial ?? 0) + 1, Math.floor(wallMs / 1000));
  if (serial <= 0xffff_ffff) return serial;
  throw new UserError('failed', "There are no serial numbers left. Is this machine's clock right?");
}

function ledgerFile({ stateFolder, adminPublicKey }: LedgerPlace): StateFile {
  return new StateFile(join(stateFolder, `admin-${formatKeyText(adminPublicKey).slice(0, 10)}.json`));
}
