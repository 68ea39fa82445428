/** A host as it travels in OPEN: a name that the exit resolves, or an address of 4 or 16 bytes. */
export type Host =
  { readonly type: 'name'; readonly name: string } | { readonly type: 'ip'; readonly bytes: Uint8Array };

/** Where an exit's connection really went, as far as the exit says: OPENED's destination (PROTOCOL section 4). */
export interface Destination {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** ISO 3166 in upper case, or null where the exit does not know it. */
  readonly country: string | null;
  /** In degrees, in steps of 0.01; null where the exit does not know it. */
  readonly position: { readonly latitude: number; readonly longitude: number } | null;
}

/** Where a connection goes, or the address it left from. `port` is 0 to 65,535. */
export interface Target {
  readonly host: Host;
  readonly port: number;
}
