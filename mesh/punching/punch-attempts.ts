import { type Endpoint, formatEndpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';
import { dueAtMs, type PunchAttempt, type PunchWord, wordOf } from './punch-attempt.ts';

const MAX_ATTEMPTS = 32;
/** Addresses of one peer that are tried at a time because servers name them, and those that one server names. */
const MAX_OF_PEER = 4;
const MAX_OF_SERVER = 2;

/** All attempts under way, one for each peer and address. No server's word puts an end to what another's began. */
export class PunchAttempts {
  #all: readonly PunchAttempt[] = [];

  /** When anything is to be done about any of them, in ms. */
  get wakeAtMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    // After every packet: without an iterator.
    for (let index = 0; index < this.#all.length; index++) earliest = Math.min(earliest, dueAtMs(this.#all[index]!));
    return earliest;
  }

  /** The first begun first. */
  get all(): readonly PunchAttempt[] {
    return this.#all;
  }

  get isFull(): boolean {
    return this.#all.length >= MAX_ATTEMPTS;
  }

  add(attempt: PunchAttempt): void {
    this.#all = [...this.#all, attempt];
  }

  remove(attempt: PunchAttempt): void {
    this.#all = this.#all.filter((other) => other !== attempt);
  }

  /** The one for this peer and address, or undefined. */
  at(peer: NodeId, endpoint: Endpoint): PunchAttempt | undefined {
    const url = formatEndpoint(endpoint);
    return this.#all.find((other) => other.peer === peer && formatEndpoint(other.endpoint) === url);
  }

  /** The one that a peer's message with this token belongs to, by the link where there are several; null where it is none's. */
  under(
    peer: NodeId,
    token: Uint8Array,
    link: Link,
  ): { readonly attempt: PunchAttempt; readonly word: PunchWord } | null {
    const known = this.#all.flatMap((attempt) => {
      const word = attempt.peer === peer ? wordOf(attempt, token) : null;
      return word === null ? [] : [{ attempt, word }];
    });
    return known.find(({ attempt }) => attempt.link === link) ?? known[0] ?? null;
  }

  /** The one by which a server has this peer near, under this token; null where there is none. */
  near(peer: NodeId, token: Uint8Array): PunchAttempt | null {
    const isNear = (attempt: PunchAttempt): boolean => attempt.peer === peer && attempt.place === 'near';
    return this.#all.find((attempt) => isNear(attempt) && wordOf(attempt, token) !== null) ?? null;
  }

  /** How many addresses are tried that this peer names itself. */
  localCount(peer: NodeId): number {
    return this.#all.filter((attempt) => attempt.peer === peer && attempt.place === 'local').length;
  }

  /**
   * Whether one more address of a peer may be tried that this server names. What it said before gives way to that, and is given to
   * `end` where nobody else says it.
   */
  makeRoom(peer: NodeId, server: NodeId, end: (attempt: PunchAttempt) => void): boolean {
    const ofPeer = (): readonly PunchAttempt[] =>
      this.#all.filter((attempt) => attempt.peer === peer && attempt.place !== 'local');
    const own = ofPeer().filter(({ words }) => words.some((word) => word.server === server));
    const oldest = own[0];
    if (oldest !== undefined && own.length >= MAX_OF_SERVER) {
      const others = oldest.words.filter((word) => word.server !== server);
      if (others.length === 0) end(oldest);
      else oldest.words = others;
    }
    return ofPeer().length < MAX_OF_PEER && !this.isFull;
  }
}
