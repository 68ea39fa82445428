import { performance } from 'node:perf_hooks';
import { parseNodeId } from '../../config/node-id.ts';
import { Header, SEAL_BYTES } from '../../mesh/wire/header.ts';
import { KeyRing } from '../../mesh/wire/key-ring.ts';
import { MessageOpener } from '../../mesh/wire/message-opener.ts';
import { MessageSealer } from '../../mesh/wire/message-sealer.ts';
import { NetworkKeys } from '../../mesh/wire/network-keys.ts';
import type { Sodium } from '../../mesh/wire/sodium.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';

const RUN_MS = 500;
const PAYLOADS_BYTES = [100, 1_168, 65_000] as const;

/** Rows of a table: library, payload, time to seal and to open one message. */
export async function benchSealAndOpen(): Promise<string[]> {
  const rows: string[] = [];
  for (const name of ['sodium-native', 'libsodium-wrappers'] as const) {
    const sodium = await loadSodium(name).catch(() => null);
    if (sodium === null) rows.push(`| ${name} | does not load here | | |`);
    else for (const payloadBytes of PAYLOADS_BYTES) rows.push(measure(sodium, payloadBytes));
  }
  return ['| library | payload, B | seal, us | open, us |', '|---|---|---|---|', ...rows];
}

function measure(sodium: Sodium, payloadBytes: number): string {
  const random = new SeededRandom(1);
  const keys = new NetworkKeys(sodium, new Uint8Array(32).fill(1));
  const key = new Uint8Array(32).fill(2);
  const sealer = new MessageSealer(sodium, random);
  const opener = new MessageOpener(sodium);
  const ring = new KeyRing(keys);
  const header = new Header();
  header.origin = parseNodeId(1)!;
  header.destination = parseNodeId(2)!;
  header.originKeyId = 1;
  header.destinationKeyId = 1;
  header.payloadBytes = payloadBytes;
  const message = new Uint8Array(SEAL_BYTES + payloadBytes);
  const sealUs = microseconds(() => {
    header.packetNumber++;
    sealer.seal(message, 0, header, keys, key);
  });
  const opened = new Header();
  const plain = new Uint8Array(payloadBytes);
  const openUs = microseconds(() => {
    const network = opener.openHeader(message, 0, ring, opened);
    if (network === null || !opener.openPayload(message, 0, opened, network, key, plain)) throw new Error('not opened');
  });
  return `| ${sodium.name} | ${payloadBytes} | ${sealUs.toFixed(1)} | ${openUs.toFixed(1)} |`;
}

function microseconds(callback: () => void): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < RUN_MS) {
    for (let i = 0; i < 50; i++) callback();
    count += 50;
  }
  return ((performance.now() - start) * 1_000) / count;
}
