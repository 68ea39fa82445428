import type { NodeId } from '../../config/node-id.ts';
import type { Peer } from '../peering/peer.ts';
import { MAX_OOB_BYTES, MAX_TOPIC_BYTES } from '../session/frame.ts';
import type { MailFrame } from '../peering/peer-context.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { MessageAllowance } from './message-allowance.ts';

type OobFrame = Extract<MailFrame, { readonly type: 'oob' }>;

/** In each direction for each member: echoes ten milliseconds apart are within it, and nobody is kept busy by it. */
const MESSAGES_PER_SECOND = 128;
const MESSAGES_AT_ONCE = 256;
/** Messages for members without a session wait for one, but no longer than this, in ms. */
const MAX_WAITING = 64;
const WAIT_MS = 10_000;
/** Echoes whose answer may still come. */
const MAX_ECHOES = 256;
const ECHO = 'ping';
const ECHO_ANSWER = 'pong';
/** The longest content that is sent back, in bytes. */
const MAX_ECHO_BYTES = 64;

/** Sends now. False where it is dropped. */
type Send = (nowMs: number) => boolean;

/** A member as far as messages go. */
type Correspondent = Pick<Peer, 'isUp' | 'seek' | 'sendMail'>;

/** What the desk tells: the node's `MeshReports`. */
export interface OobReports {
  /** A message came, whose bytes are valid within the call. */
  oob(from: NodeId, topic: string, bytes: Uint8Array): void;
  /** An echo came back, in ms. */
  pong(peer: NodeId, rttMs: number): void;
}

/** The members' messages to each other that belong to no stream (OOB, PROTOCOL section 4), and the echo made of them. */
export class OobDesk {
  readonly #peerOf: (id: NodeId) => Correspondent | null;
  readonly #reports: OobReports;
  readonly #sent = new MessageAllowance(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE);
  readonly #received = new MessageAllowance(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE);
  #waiting: { readonly to: NodeId; readonly untilMs: number; readonly send: Send }[] = [];
  readonly #echoes = new Map<number, { readonly peer: NodeId; readonly sentAtMs: number }>();
  #nextEcho = 0;

  /** @param peerOf the peer with a number, or null where no member has it. */
  constructor(peerOf: (id: NodeId) => Correspondent | null, reports: OobReports) {
    this.#peerOf = peerOf;
    this.#reports = reports;
  }

  /**
   * Sends a message, once there is a session. False where it is dropped: nobody has that number, or there are too many.
   * Throws a RangeError for a topic or content that is none. It arrives at most once or twice, in any order, or not at all.
   */
  send(to: NodeId, topic: string, bytes: Uint8Array, nowMs: number): boolean {
    if (!isTopic(topic)) throw new RangeError(`${JSON.stringify(topic)} is no topic`);
    if (bytes.length > MAX_OOB_BYTES) throw new RangeError(`${bytes.length} bytes are more than ${MAX_OOB_BYTES}`);
    const frame: OobFrame = { type: 'oob', topic, bytes: new Uint8Array(bytes) };
    return this.#sendOnceUp(to, () => this.#peerOf(to)?.sendMail(frame) === true, nowMs);
  }

  /** Sends an echo; {@link OobReports.pong} follows, unless it or its answer does not arrive. */
  ping(to: NodeId, nowMs: number): void {
    this.#sendOnceUp(to, (sentAtMs) => this.#sendEcho(to, sentAtMs), nowMs);
  }

  /** Takes a message of a member. */
  receive(from: NodeId, { topic, bytes }: OobFrame, nowMs: number): void {
    if (!this.#received.take(from, nowMs)) return;
    if (topic === ECHO) this.#answerEcho(from, bytes, nowMs);
    else if (topic === ECHO_ANSWER) this.#takeEcho(from, bytes, nowMs);
    else this.#reports.oob(from, topic, bytes);
  }

  /** There is a session with this member now. */
  peerUp(id: NodeId, nowMs: number): void {
    const waiting = this.#waiting.filter(({ to, untilMs }) => to === id && nowMs < untilMs);
    this.#waiting = this.#waiting.filter(({ to, untilMs }) => to !== id && nowMs < untilMs);
    for (const { send } of waiting) send(nowMs);
  }

  #sendOnceUp(to: NodeId, send: Send, nowMs: number): boolean {
    const peer = this.#peerOf(to);
    if (peer === null || !this.#sent.take(to, nowMs)) return false;
    if (peer.isUp) return send(nowMs);
    this.#waiting = this.#waiting.filter(({ untilMs }) => nowMs < untilMs);
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push({ to, untilMs: nowMs + WAIT_MS, send });
    peer.seek(nowMs);
    return true;
  }

  #sendEcho(to: NodeId, nowMs: number): boolean {
    this.#nextEcho = (this.#nextEcho + 1) >>> 0;
    const number = this.#nextEcho;
    this.#echoes.set(number, { peer: to, sentAtMs: nowMs });
    if (this.#echoes.size > MAX_ECHOES) this.#echoes.delete(this.#echoes.keys().next().value!);
    const bytes = new ByteWriter(new Uint8Array(4)).u32(number).bytes;
    return this.#peerOf(to)?.sendMail({ type: 'oob', topic: ECHO, bytes }) === true;
  }

  #answerEcho(from: NodeId, bytes: Uint8Array, nowMs: number): void {
    if (bytes.length > MAX_ECHO_BYTES || !this.#sent.take(from, nowMs)) return;
    this.#peerOf(from)?.sendMail({ type: 'oob', topic: ECHO_ANSWER, bytes: new Uint8Array(bytes) });
  }

  #takeEcho(from: NodeId, bytes: Uint8Array, nowMs: number): void {
    const reader = new ByteReader(bytes);
    const number = reader.u32();
    const echo = reader.failed ? undefined : this.#echoes.get(number);
    if (echo?.peer !== from) return;
    this.#echoes.delete(number);
    this.#reports.pong(from, nowMs - echo.sentAtMs);
  }
}

function isTopic(text: string): boolean {
  return text.length <= MAX_TOPIC_BYTES && /^[!-~]+$/.test(text);
}
