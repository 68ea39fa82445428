import type { Endpoint } from '../../config/endpoint.ts';
import type { PeerLink } from './peer-link.ts';

/** Data has flowed by a connection for so long when UDP is tried, in ms; then four times as long after each time. */
const FIRST_PAUSE_MS = 5_000;
const PAUSE_GROWTH = 4;
const LONGEST_PAUSE_MS = 3_600_000;
/** UDP that held for so long, in ms, is tried as soon as one that was never left. */
const HELD_MS = 600_000;
/** It is looked this often at whether a connection carries data, in ms. */
const REVIEW_MS = 1_000;
/** As many HELLOs in turn must be answered, with this pause between them, in ms. */
const HELLOS = 3;
const GAP_MS = 250;
/** An answer is waited for so many round trips of the connection, and at least this long, in ms. */
const PATIENCE_ROUND_TRIPS = 3;
const LEAST_PATIENCE_MS = 500;
/** By how much longer than the connection's the least of theirs may be: HELLOs are signed, which takes a few ms at each end. */
const SLACK_SHARE = 0.1;
const SLACK_MS = 10;

/** A connection that was dialled, and that data flows by. */
export interface UsedConnection {
  readonly peerLink: PeerLink;
  readonly dialled: Endpoint;
  /** Its round trip now, smoothed, in ms: where data fills the queues on the way, HELLOs wait in the same. */
  readonly rttMs: number;
}

/** What trying takes. */
export interface UdpReturnActions {
  /** What the session sends by, where that is one. */
  connection(nowMs: number): UsedConnection | null;
  /** Where the peer may be reached, by whatever transport. */
  endpoints(): readonly Endpoint[];
  /** Whether a message may go there now, which then counts. */
  mayTry(endpoint: Endpoint, nowMs: number): boolean;
  /** Whether ways are looked for already. */
  isApproaching(): boolean;
  /** The link comes with {@link UdpReturn.opened}. */
  dial(endpoint: Endpoint): void;
  sendHello(peerLink: PeerLink): void;
  hangUp(peerLink: PeerLink): void;
}

interface Trial {
  readonly endpoint: Endpoint;
  /** As it was when the last HELLO went out. */
  beside: UsedConnection;
  peerLink: PeerLink | null;
  answers: number;
  isAsked: boolean;
  leastRttMs: number;
  /** When to ask next, or to give up. */
  atMs: number;
}

/**
 * Leads a session that runs over a connection back to UDP: what was blocked when the session began may be open by now.
 * Tried are three HELLOs beside the connection, while data flows by it, ever more rarely; never while it is idle.
 */
export class UdpReturn {
  readonly #actions: UdpReturnActions;
  #beside: PeerLink | null = null;
  #trial: Trial | null = null;
  #trials = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #reviewAtMs = Number.NEGATIVE_INFINITY;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #movedAtMs = Number.NEGATIVE_INFINITY;

  constructor(actions: UdpReturnActions) {
    this.#actions = actions;
  }

  /** When {@link tick} is due at the latest, in ms. */
  get wakeAtMs(): number {
    return this.#trial?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The network is another one: what was found out about the last one says nothing of it. */
  networkChanged(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
    if (this.#trial !== null) this.#giveUp(this.#trial);
  }

  /** To be called often: does nothing most of the time. */
  tick(nowMs: number): void {
    const trial = this.#trial;
    if (trial !== null) {
      if (nowMs < trial.atMs) return;
      if (trial.peerLink === null || trial.isAsked) this.#giveUp(trial);
      else this.#ask(trial, trial.peerLink, nowMs);
      return;
    }
    if (nowMs < this.#reviewAtMs) return;
    this.#reviewAtMs = nowMs + REVIEW_MS;
    const connection = this.#actions.connection(nowMs);
    if (connection === null) return;
    if (connection.peerLink !== this.#beside) this.#begins(connection.peerLink, nowMs);
    if (nowMs >= this.#nextAtMs && !this.#actions.isApproaching()) this.#try(connection, nowMs);
  }

  /** A link is there, connected or not. False where it is not the one that was asked for here. */
  opened(peerLink: PeerLink, nowMs: number): boolean {
    const trial = this.#trial;
    if (trial === null || trial.peerLink !== null || trial.endpoint !== peerLink.dialled) return false;
    trial.peerLink = peerLink;
    this.#ask(trial, peerLink, nowMs);
    return true;
  }

  /** A link closed by itself. */
  closed(peerLink: PeerLink): void {
    if (this.#trial?.peerLink === peerLink) this.#trial = null;
  }

  /**
   * The peer answered a HELLO on this link, after `rttMs` where that can be told. True where nothing else is to follow
   * from that: it is being tried, or no better than the connection. Else the session moves there.
   */
  holdsBack(peerLink: PeerLink, rttMs: number | null, nowMs: number): boolean {
    const trial = this.#trial;
    if (trial === null || trial.peerLink !== peerLink) return false;
    trial.answers++;
    trial.isAsked = false;
    trial.leastRttMs = Math.min(trial.leastRttMs, rttMs ?? Number.POSITIVE_INFINITY);
    trial.atMs = nowMs + GAP_MS;
    if (trial.answers < HELLOS) return true;
    if (trial.leastRttMs > trial.beside.rttMs * (1 + SLACK_SHARE) + SLACK_MS) {
      this.#giveUp(trial);
      return true;
    }
    this.#trial = null;
    this.#movedAtMs = nowMs;
    return false;
  }

  /** A connection is used that was not before. */
  #begins(connection: PeerLink, nowMs: number): void {
    this.#beside = connection;
    if (nowMs - this.#movedAtMs > HELD_MS && this.#movedAtMs !== Number.NEGATIVE_INFINITY) {
      this.#movedAtMs = Number.NEGATIVE_INFINITY;
      this.#pauseMs = FIRST_PAUSE_MS;
    }
    this.#nextAtMs = nowMs + this.#pauseMs;
  }

  #try(beside: UsedConnection, nowMs: number): void {
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * PAUSE_GROWTH);
    this.#nextAtMs = nowMs + this.#pauseMs;
    const all = this.#actions.endpoints().filter(({ transport }) => transport === 'udp');
    // The same machine's other addresses are behind the same NATs and firewalls, or no better.
    const near = all.filter((endpoint) => endpoint.host === beside.dialled.host);
    const candidates = near.length > 0 ? near : all;
    const endpoint = candidates[this.#trials++ % candidates.length];
    if (endpoint === undefined || !this.#actions.mayTry(endpoint, nowMs)) return;
    const atMs = nowMs + LEAST_PATIENCE_MS;
    this.#trial = { endpoint, beside, peerLink: null, answers: 0, isAsked: false, leastRttMs: Infinity, atMs };
    this.#actions.dial(endpoint);
  }

  #ask(trial: Trial, peerLink: PeerLink, nowMs: number): void {
    const beside = this.#actions.connection(nowMs);
    if (beside?.peerLink !== trial.beside.peerLink) return this.#giveUp(trial);
    trial.beside = beside;
    trial.isAsked = true;
    trial.atMs = nowMs + Math.max(LEAST_PATIENCE_MS, PATIENCE_ROUND_TRIPS * beside.rttMs);
    this.#actions.sendHello(peerLink);
    peerLink.helloSent(nowMs);
  }

  #giveUp({ peerLink }: Trial): void {
    this.#trial = null;
    if (peerLink !== null) this.#actions.hangUp(peerLink);
  }
}
