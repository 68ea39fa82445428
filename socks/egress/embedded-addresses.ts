import { unmapped } from '../host-text.ts';

/**
 * The address and every IPv4 address inside it that a router on the way might take it to. Mapped addresses
 * (RFC 4291 section 2.5.5.2) stand for themselves; the others stand beside what they carry: NAT64
 * (RFC 6052, 64:ff9b::/96), 6to4 (RFC 3056), Teredo (RFC 4380: a server and, inverted, a client) and, under any prefix,
 * ISATAP (RFC 5214 section 6.1: an interface identifier of 0000:5efe or 0200:5efe and the address).
 */
export function embeddedAddresses(bytes: Uint8Array): readonly Uint8Array[] {
  const plain = unmapped(bytes);
  if (plain.length !== 16) return [plain];
  if (startsWith(plain, [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])) return [plain, plain.slice(12)];
  const found = [plain];
  if (startsWith(plain, [0x20, 0x02])) found.push(plain.slice(2, 6));
  if (startsWith(plain, [0x20, 0x01, 0, 0]))
    found.push(
      plain.slice(4, 8),
      plain.slice(12).map((byte) => byte ^ 0xff),
    );
  const identifier = plain.subarray(8);
  if (startsWith(identifier, [0, 0, 0x5e, 0xfe]) || startsWith(identifier, [2, 0, 0x5e, 0xfe])) {
    found.push(plain.slice(12));
  }
  return found;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
