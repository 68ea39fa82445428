/** Where an unconnected socket sends to. */
export interface Destination {
  /** An IP literal. */
  readonly address: string;
  readonly port: number;
}
