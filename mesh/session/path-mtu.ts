import type { PacketCarrier } from './packet-carrier.ts';
import { BlackHole, type SizedPacket } from './black-hole.ts';
import type { PacketRange } from './frame.ts';

/** What every path carries, in bytes of a message: an IPv4 packet of 576 bytes (RFC 791). HELLO is no longer. */
export const LEAST_MESSAGE_BYTES = 548;

/** MAX_PROBES of RFC 8899 section 5.1.2: so many losses mean that the size does not pass. */
const MAX_PROBES = 3;
/** PMTU_RAISE_TIMER of RFC 8899 section 5.1.1, in ms. */
const RAISE_AFTER_MS = 600_000;
/** The search ends where it could gain no more than this, in bytes. */
const SEARCH_RESOLUTION_BYTES = 16;

/** IP packets: Ethernet, PPPoE, 6in4, GRE, WireGuard, mobile networks, IPv6's least, satellites, dial-up. In bytes. */
const USUAL_MTU_BYTES = [1_500, 1_492, 1_480, 1_460, 1_420, 1_400, 1_380, 1_280, 1_124, 1_024, 576];
/** IPv4 or IPv6, and UDP. */
const HEADER_BYTES = [28, 48];
const USUAL_MESSAGE_BYTES = [
  ...new Set(USUAL_MTU_BYTES.flatMap((mtuBytes) => HEADER_BYTES.map((headerBytes) => mtuBytes - headerBytes))),
].toSorted((a, b) => a - b);

/**
 * As in RFC 8899 section 5.2. `base`: the base size is in use and no packet of it has arrived yet; `searching`;
 * `complete`: nothing larger passes; `error`: not even the base size passes, and the search goes from the least size up.
 */
export type PathMtuState = 'base' | 'searching' | 'complete' | 'error';

/** Sizes of sealed messages on a link, in bytes. */
export interface PathMtuSizes {
  /** What is used until more is known. */
  readonly baseBytes: number;
  /** The most that can be tried, at least the base. */
  readonly maxBytes: number;
  /** What an earlier path over the same link found; else the base. */
  readonly startBytes: number;
}

interface Probe {
  readonly packetNumber: number;
  readonly bytes: number;
  readonly sentAtMs: number;
}

/**
 * How long a message may be on one datagram path: DPLPMTUD (RFC 8899), PROTOCOL section 4. Tell it of every packet's
 * fate; {@link probeBytes} says whether and how large a probe should go now, and wants to be asked only while full
 * packets are sent. It needs no timer: what is due is done with the next full packet.
 */
export class PathMtu {
  readonly #baseBytes: number;
  readonly #maxBytes: number;
  readonly #blackHole = new BlackHole();
  #state: PathMtuState;
  #messageBytes: number;
  /** The least size that is known not to pass, or one above the largest to be tried. */
  #tooLargeBytes: number;
  #isTopTried = false;
  #probe: Probe | null = null;
  #triedBytes = 0;
  #losses = 0;
  #raiseAtMs = Number.POSITIVE_INFINITY;

  constructor({ baseBytes, maxBytes, startBytes }: PathMtuSizes) {
    this.#baseBytes = baseBytes;
    this.#maxBytes = Math.max(baseBytes, maxBytes);
    this.#messageBytes = startBytes;
    this.#state = startBytes === baseBytes ? 'base' : startBytes < baseBytes ? 'error' : 'searching';
    this.#tooLargeBytes = (startBytes < baseBytes ? baseBytes : this.#maxBytes) + 1;
    this.#blackHole.restart(this.fallbackBytes, 0);
  }

  get state(): PathMtuState {
    return this.#state;
  }

  /** The longest message that may be sent, in bytes. */
  get messageBytes(): number {
    return this.#messageBytes;
  }

  /** What is used once the present size does not pass any more; the present size where there is nothing below. */
  get fallbackBytes(): number {
    if (this.#messageBytes > this.#baseBytes) return this.#baseBytes;
    return Math.min(LEAST_MESSAGE_BYTES, this.#messageBytes);
  }

  /** The size of the probe that should go now, or null. */
  probeBytes(nowMs: number): number | null {
    if (this.#probe !== null) return null;
    switch (this.#state) {
      case 'base':
        return null;
      case 'complete':
        if (nowMs < this.#raiseAtMs) return null;
        this.#search('searching', this.#maxBytes);
        break;
      case 'searching':
      case 'error':
    }
    const bytes = this.#candidateBytes();
    if (bytes === null) this.#complete(nowMs);
    return bytes;
  }

  /** The probe that {@link probeBytes} asked for was sent. */
  probeSent(packetNumber: number, bytes: number, nowMs: number): void {
    if (bytes !== this.#triedBytes) this.#losses = 0;
    this.#triedBytes = bytes;
    this.#probe = { packetNumber, bytes, sentAtMs: nowMs };
    this.#isTopTried = true;
  }

  /** An ACK came with these ranges. A probe that waits for longer than `lateAfterMs` while later packets arrive is lost. */
  acknowledged(ranges: readonly PacketRange[], lateAfterMs: number, nowMs: number): void {
    const probe = this.#probe;
    if (probe === null) return;
    if (isIn(ranges, probe.packetNumber)) {
      this.#probe = null;
      this.#confirmed(probe.bytes);
    } else if (ranges[0]!.last > probe.packetNumber && nowMs - probe.sentAtMs > lateAfterMs) {
      this.#probeLost(probe);
    }
  }

  /** A REPAIR came with these ranges. */
  repaired(ranges: readonly PacketRange[]): void {
    if (this.#probe !== null && isIn(ranges, this.#probe.packetNumber)) this.#probeLost(this.#probe);
  }

  /** An ordinary packet was acknowledged. */
  packetAcknowledged(packet: SizedPacket): void {
    this.#blackHole.acknowledged(packet);
    // Only a packet that the least size would not have carried shows that the base passes.
    if (this.#state === 'base' && packet.bytes > this.fallbackBytes) this.#search('searching', this.#maxBytes);
  }

  /** An ordinary packet was lost. */
  packetLost(packet: SizedPacket): void {
    this.#blackHole.lost(packet);
  }

  /** Falls back where the size in use does not pass any more; true where that has just happened. `nextPacketNumber` is the next one's. */
  fallBack(rttMs: number, nextPacketNumber: number): boolean {
    const bytes = this.fallbackBytes;
    if (bytes === this.#messageBytes || !this.#blackHole.isFound(rttMs)) return false;
    // The size that failed is the first to be tried again: an outage may have looked the same.
    this.#search(bytes < this.#baseBytes ? 'error' : 'searching', this.#messageBytes);
    this.#messageBytes = bytes;
    this.#probe = null;
    this.#blackHole.restart(this.fallbackBytes, nextPacketNumber);
    return true;
  }

  #search(state: 'searching' | 'error', upToBytes: number): void {
    this.#state = state;
    this.#tooLargeBytes = upToBytes + 1;
    this.#isTopTried = false;
    this.#losses = 0;
    this.#triedBytes = 0;
    this.#raiseAtMs = Number.POSITIVE_INFINITY;
  }

  #complete(nowMs: number): void {
    this.#state = 'complete';
    this.#raiseAtMs = nowMs + RAISE_AFTER_MS;
  }

  /** The largest size first, then the middle one of the usual sizes, then the middle. */
  #candidateBytes(): number | null {
    const low = this.#messageBytes;
    const high = this.#tooLargeBytes;
    if (high - low <= 1) return null;
    if (this.#losses > 0) return this.#triedBytes;
    if (!this.#isTopTried) return high - 1;
    const usual = USUAL_MESSAGE_BYTES.filter((bytes) => bytes > low && bytes < high);
    if (usual.length > 0) return usual[usual.length >> 1]!;
    return high - low <= SEARCH_RESOLUTION_BYTES ? null : (low + high) >> 1;
  }

  #confirmed(bytes: number): void {
    this.#losses = 0;
    if (bytes <= this.#messageBytes) return;
    this.#messageBytes = bytes;
    // As large as a lost packet's: the losses were chance. A smaller fallback is judged by what is sent from now on.
    this.#blackHole.restart(this.fallbackBytes, 0);
    if (this.#state === 'error' && bytes >= this.#baseBytes) this.#search('searching', this.#maxBytes);
  }

  #probeLost(probe: Probe): void {
    this.#probe = null;
    this.#losses++;
    if (this.#losses < MAX_PROBES) return;
    this.#losses = 0;
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, probe.bytes);
  }
}

function isIn(ranges: readonly PacketRange[], packetNumber: number): boolean {
  return ranges.some(({ first, last }) => packetNumber >= first && packetNumber <= last);
}

/** Path MTU discovery for a datagram path over this carrier, from what its link is known to carry. */
export function pathMtuOf({
  overheadBytes,
  basePayloadBytes,
  maxProbePayloadBytes,
  maxPayloadBytes,
}: PacketCarrier): PathMtu {
  return new PathMtu({
    baseBytes: basePayloadBytes + overheadBytes,
    maxBytes: maxProbePayloadBytes + overheadBytes,
    startBytes: maxPayloadBytes + overheadBytes,
  });
}
