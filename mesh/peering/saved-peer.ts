/** What is kept of a peer over restarts. */
export interface SavedPeer {
  readonly session: number;
  readonly lastGood: string | null;
}
