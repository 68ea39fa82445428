import t from 'tap';
import { decodeKeyChange, verifyKeyChange } from '../../../mesh/gossip/key-change.ts';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { ledgerPlace } from '../../../node/setup/read-config-file.ts';
import { changeNetworkKey } from '../../../node/setup/sign-key-change.ts';
import { MADE_AT_MS, meansAt, networkIn } from '../fixtures/network.ts';

t.test('each change has a new key and a higher serial, and the newest is kept', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  const keys = new Set([Buffer.from(loaded.config.networkKey).toString('hex')]);
  for (let serial = MADE_AT_MS / 1000; serial < MADE_AT_MS / 1000 + 3; serial++) {
    const { document, oldKeyEndsAtS } = await changeNetworkKey(loaded, 60, means);
    const change = decodeKeyChange(document);
    t.ok(change !== null && verifyKeyChange(means.sodium, loaded.config.adminPublicKey, change));
    t.match(change, { serial, oldKeyEndsAtS: MADE_AT_MS / 1000 + 60 });
    t.equal(oldKeyEndsAtS, MADE_AT_MS / 1000 + 60);
    keys.add(Buffer.from(change?.networkKey ?? []).toString('hex'));
    t.equal(loadLedger(ledgerPlace(loaded), 0).ledger.keyChange, Buffer.from(document).toString('base64'));
  }
  t.equal(keys.size, 4);
});
