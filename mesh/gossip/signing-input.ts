/**
 * What a signature covers: the label, which says what kind of document it is so that a signature on one never
 * fits another, and then the parts back to back (PROTOCOL section 2).
 */
export function signingInput(label: SigningLabel, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(label, 'ascii'), ...parts]);
}

/** The labels of PROTOCOL sections 2 and 5. None is the beginning of another. */
export type SigningLabel =
  | 'uservpn 1 certificate'
  | 'uservpn 1 binding'
  | 'uservpn 1 witness'
  | 'uservpn 1 revocation'
  | 'uservpn 1 key change'
  | 'uservpn 1 record'
  | 'uservpn 1 fast'
  | 'uservpn 1 hello';
