import type { NodeId } from '../config/node-id.ts';
import type { Incarnation } from './gossip/incarnation.ts';
import type { MeshReports } from './mesh-reports.ts';
import type { Superseded } from './mesh-view.ts';

/** How long one notice of a copied configuration counts, in ms. */
const SAID_MS = 600_000;
/** For so long what a node says counts beside what others say, in ms: each is asked once a minute. */
const COUNTS_MS = 90_000;
/** This node takes its place again no more often than this, in ms: two that run must not take turns. */
const ANEW_INTERVAL_MS = 300_000;

/** What is needed to tell, and to begin anew. */
export interface SecondProcessParts {
  readonly incarnation: Incarnation;
  readonly peers: ReadonlyMap<NodeId, { readonly isUp: boolean }>;
  readonly reports: Pick<MeshReports, 'notice' | 'begunAnew'>;
  /** Seconds since 1970. */
  readonly wallS: () => number;
  /** Goes on under the new incarnation, of which nobody has heard. */
  readonly beginAnew: (nowMs: number) => void;
}

/**
 * Whether this node's configuration runs a second time: nodes listen to the process that began last. Where that was another
 * one, this one hears nothing until they say that the other is gone; then it takes the next incarnation, as a new process would.
 */
export class SecondProcess {
  readonly #parts: SecondProcessParts;
  /** What each node said last. */
  readonly #by = new Map<NodeId, { readonly isOtherHeard: boolean; readonly atMs: number }>();
  /** A record of the own identity came that was not made here, which nobody can forge. */
  #isShown = false;
  #copiedIncarnation = 0;
  #saidUntilMs = Number.NEGATIVE_INFINITY;
  #beginsAtMs = Number.POSITIVE_INFINITY;
  #mayBeginAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SecondProcessParts) {
    this.#parts = parts;
  }

  /** When to call {@link tick} and nothing else before its events are carried out. */
  get wakeAtMs(): number {
    return this.#beginsAtMs;
  }

  /** Who says so, or null where it need not be believed: one node alone may lie, as long as others go on. */
  get superseded(): Superseded | null {
    const isCertain = this.#isShown || this.#by.size > 1;
    if (!isCertain && (this.#by.size === 0 || this.#isAnyUp)) return null;
    return { isCertain, by: [...this.#by.keys()].toSorted((a, b) => a - b) };
  }

  /** A node says that it listens to a newer process than this one, or (not `isOtherHeard`) that it did and that one is gone. */
  said(by: NodeId, isOtherHeard: boolean, nowMs: number): void {
    this.#by.set(by, { isOtherHeard, atMs: nowMs });
    if (isOtherHeard) return this.#tell(nowMs);
    // While anybody listens to this process there is something to lose, and so there is while most hear the other one.
    if (!this.#isAnyUp && !this.#isMostlyHeard(nowMs) && nowMs >= this.#mayBeginAtMs) this.#beginsAtMs = nowMs;
  }

  /** A record of the own identity came that was not made here. */
  shown(incarnation: number, nowMs: number): void {
    this.#isShown = true;
    this.#copiedIncarnation = Math.max(this.#copiedIncarnation, incarnation);
    this.#tell(nowMs);
  }

  /** A node listens to this process. */
  up(peer: NodeId): void {
    this.#by.delete(peer);
    this.#isShown = false;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#beginsAtMs) return;
    this.#beginsAtMs = Number.POSITIVE_INFINITY;
    // Somebody may have begun to listen since this was said.
    if (this.#isAnyUp) return;
    this.#mayBeginAtMs = nowMs + ANEW_INTERVAL_MS;
    this.#by.clear();
    this.#isShown = false;
    const { incarnation, reports, wallS, beginAnew } = this.#parts;
    incarnation.beginAnew(this.#copiedIncarnation, wallS());
    reports.notice('info', 'begun-anew', BEGUN_ANEW, null);
    reports.begunAnew();
    beginAnew(nowMs);
  }

  /** Whether more nodes have said lately that they hear the other process than that it is gone: one of them may lie. */
  #isMostlyHeard(nowMs: number): boolean {
    const lately = [...this.#by.values()].filter(({ atMs }) => nowMs - atMs < COUNTS_MS);
    return 2 * lately.filter(({ isOtherHeard }) => isOtherHeard).length > lately.length;
  }

  get #isAnyUp(): boolean {
    return [...this.#parts.peers.values()].some(({ isUp }) => isUp);
  }

  /** Every server that the other one turns to says so. */
  #tell(nowMs: number): void {
    const { superseded } = this;
    if (superseded === null || nowMs < this.#saidUntilMs) return;
    this.#saidUntilMs = nowMs + SAID_MS;
    const who = superseded.isCertain ? '' : `node ${superseded.by.join()}, the only one that answers, says that `;
    this.#parts.reports.notice('error', 'configuration-copied', `${who}${COPIED}`, null);
  }
}

const COPIED =
  'this configuration runs a second time somewhere, and nodes listen to the one that started last: to this one again once the ' +
  'other was not heard for 5 minutes, or when this one is started again; stop one of the two, and invite it under its own number';

const BEGUN_ANEW = 'the other process with this configuration is not heard any more: this one takes its place again';
