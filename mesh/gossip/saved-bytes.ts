/** Bytes as they stand in a state file: base64url without padding. */
export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** The bytes of a saved text; null where it is no text or not exactly what {@link bytesToText} writes. */
export function textToBytes(value: unknown): Uint8Array | null {
  if (typeof value !== 'string') return null;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.toString('base64url') === value ? new Uint8Array(bytes) : null;
}

/** The member `name` of a restored value; undefined where there is none. */
export function savedMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const member: unknown = Reflect.get(value, name);
  return member;
}

/** The entries of the array `name` of a restored value, at most `limit` of them; none where there is no such array. */
export function savedList(value: unknown, name: string, limit: number): readonly unknown[] {
  const list = savedMember(value, name);
  return Array.isArray(list) ? list.slice(0, limit) : [];
}
