/** A host as it travels in OPEN: a name that the exit resolves, or an address of 4 or 16 bytes. */
export type Host =
  { readonly type: 'name'; readonly name: string } | { readonly type: 'ip'; readonly bytes: Uint8Array };

/** Where a connection goes, or the address it left from. `port` is 0 to 65,535. */
export interface Target {
  readonly host: Host;
  readonly port: number;
}
