import type { NodeId } from '../../config/node-id.ts';
import { decodeRevocation, encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { UserError } from '../user-error.ts';
import { requireAdmin } from './admin-key.ts';
import { changeLedger } from './admin-ledger.ts';
import type { SetupMeans } from './make-network.ts';
import { ledgerPlace, type LoadedConfig } from './read-config-file.ts';

/** A revocation that is kept in the ledger, from where the next `up` spreads it. */
export interface SignedRevocation {
  readonly document: Uint8Array;
  readonly name: string | null;
  readonly warning: string | null;
}

/**
 * Revokes every certificate that the number has had so far. `seenInMesh` says whether the running node knows the
 * number, which counts where the ledger was lost. Throws a UserError.
 */
export async function revokeNumber(
  loaded: LoadedConfig,
  id: NodeId,
  seenInMesh: boolean,
  { sodium, wallMs }: Pick<SetupMeans, 'sodium' | 'wallMs'>,
): Promise<SignedRevocation> {
  const admin = requireAdmin(sodium, loaded);
  if (id === loaded.config.id) throw new UserError('failed', `${id} is this node's own number; it can't be put out.`);
  return changeLedger(ledgerPlace(loaded), wallMs, ({ ledger, warning }) => {
    const entry = ledger.numbers[id];
    if (entry === undefined && !seenInMesh) {
      throw new UserError('failed', `Number ${id} was never given out by this node, so there is nothing to revoke.`);
    }
    // Up to now, not only up to the last serial known here: serials follow the clock.
    const upToSerial = Math.min(0xffff_ffff, Math.max(entry?.serial ?? 0, Math.floor(wallMs / 1000)));
    const document = encodeRevocation(signRevocation(sodium, admin.secretKey, { id, upToSerial }));
    const others = ledger.revocations.filter((text) => decodeRevocation(Buffer.from(text, 'base64'))?.id !== id);
    const name = entry?.name ?? null;
    return {
      ledger: {
        ...ledger,
        numbers: { ...ledger.numbers, [id]: { name: name ?? `node-${id}`, serial: upToSerial, revoked: true } },
        revocations: [...others, Buffer.from(document).toString('base64')],
      },
      result: { document, name, warning },
    };
  });
}
