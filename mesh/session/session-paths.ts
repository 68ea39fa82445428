import type { Frame } from './frame.ts';
import type { PacketCarrier } from './packet-carrier.ts';
import { type PathChoice, PathChooser } from './path-chooser.ts';
import { PathSpeaker } from './path-speaker.ts';
import type { SentPacket } from './sent-packets.ts';
import { SessionPath } from './session-path.ts';

/** Data flows as long as the last of it is no older than this, in ms. */
const IN_USE_MS = 3_000;
/** What waits for a peer that has been silent for this long, in ms, flows nowhere. */
const SILENT_MS = 10_000;
/** What was in flight on a path when another took over is sent again after so many of its probe timeouts. */
const STRAY_PROBE_TIMEOUTS = 2;
/** So often it is looked whether another path is better, in ms: with bulk data there are thousands of ticks a second. */
const REVIEW_MS = 20;
/** Frames that wait for one path; each is worth saying once. */
const MAX_OWN_FRAMES = 4;

/** Why the path in use is: another one had lost its link, did not answer, or was said to lead nowhere, or this one is better or was chosen. */
export type PathReason = 'only' | 'closed' | 'silent' | 'unreachable' | 'better' | 'moved';

/** The paths of a session, and which of them it sends by. */
export class SessionPaths {
  /** By their ids, with and without a link. */
  readonly all = new Map<number, SessionPath>();
  readonly #sendBytesPerMs: number | null;
  readonly #lost: (packet: SentPacket) => void;
  readonly #speaker = new PathSpeaker();
  readonly #chooser = new PathChooser((path, nowMs) => {
    path.askedAtMs = nowMs;
    this.say(path.id, { type: 'ping' });
  });
  #active: SessionPath | null = null;
  #alternate: SessionPath | null = null;
  #live = 0;
  #reason: PathReason = 'only';
  #inUseUntilMs = Number.NEGATIVE_INFINITY;
  #reviewAtMs = Number.NEGATIVE_INFINITY;
  #hasOwnFrames = false;

  /** @param lost called with each packet that has to go by another path. */
  constructor(sendBytesPerMs: number | null, lost: (packet: SentPacket) => void) {
    this.#sendBytesPerMs = sendBytesPerMs;
    this.#lost = lost;
  }

  /** The path in use, or null where none has a link. */
  get active(): SessionPath | null {
    return this.#active;
  }

  /** Why it is that one. */
  get reason(): PathReason {
    return this.#reason;
  }

  /** The best way over other nodes that works, where the path in use is none; or null. */
  get alternate(): SessionPath | null {
    return this.#alternate;
  }

  /** Puts a path onto a link, and makes it the one in use where `isActive` or where there is no other. */
  attach(pathId: number, carrier: PacketCarrier, isActive: boolean): void {
    let path = this.all.get(pathId);
    if (path === undefined) {
      path = new SessionPath(pathId, carrier, this.#sendBytesPerMs);
      this.all.set(pathId, path);
      this.#live++;
    } else if (path.carrier !== carrier) {
      if (path.carrier === null) this.#live++;
      path.detach(this.#lost);
      path.attach(carrier);
    }
    if (this.#active === null) this.#use(path, 'only');
    else this.#use(isActive ? path : this.#active, 'moved');
  }

  /** Makes a path the one in use. False where it has no link. */
  activate(pathId: number): boolean {
    const path = this.all.get(pathId);
    if (path === undefined || path.carrier === null) return false;
    this.#use(path, 'moved');
    return true;
  }

  /** The path's link is gone: what was in flight goes by another. False where it had none. */
  detach(pathId: number, nowMs: number): boolean {
    const path = this.all.get(pathId);
    if (path === undefined || path.carrier === null) return false;
    this.#live--;
    path.detach(this.#lost);
    if (path === this.#alternate) this.#alternate = null;
    this.#use(path === this.#active ? this.#nextBest(nowMs) : this.#active, 'closed');
    return true;
  }

  /** For 5 s, or so, and until it answers again this path is used only where there is no other. */
  demote(pathId: number, untilMs: number, nowMs: number): void {
    this.all.get(pathId)?.answers.demote(untilMs, nowMs);
  }

  /** The peer has shown that this path works both ways. */
  progressed(pathId: number, nowMs: number): void {
    this.all.get(pathId)?.answers.progressed(nowMs);
  }

  /** Sends a frame on this path and no other. */
  say(pathId: number, frame: Frame): void {
    const ownFrames = this.all.get(pathId)?.ownFrames;
    if (ownFrames === undefined || ownFrames.length >= MAX_OWN_FRAMES) return;
    ownFrames.push(frame);
    this.#hasOwnFrames = true;
  }

  /** Data was sent or came. */
  used(nowMs: number): void {
    if (!this.#isSilent(nowMs)) this.#inUseUntilMs = nowMs + IN_USE_MS;
  }

  isInUse(nowMs: number): boolean {
    return nowMs < this.#inUseUntilMs;
  }

  /** When {@link tick} has something to do; Infinity for a session with one path. */
  wakeAtMs(nowMs: number): number {
    if (this.#live < 2 || this.#active === null) return Number.POSITIVE_INFINITY;
    let earliest = this.#chooser.wakeAtMs(this.#active, this.all.values(), this.#inUseUntilMs, nowMs);
    for (const path of this.all.values()) if (path !== this.#active) earliest = Math.min(earliest, strayAtMs(path));
    return Math.max(earliest, this.#reviewAtMs);
  }

  /** Chooses the path to send by, and lets the others say what is due. */
  tick(nowMs: number): void {
    if (this.#live > 1 && nowMs >= this.#reviewAtMs && this.#active !== null) this.#review(this.#active, nowMs);
    if (this.#live < 2 && !this.#hasOwnFrames) return;
    this.#hasOwnFrames = false;
    for (const path of this.all.values()) this.#speaker.speak(path, this.#active, nowMs);
  }

  /** Forgets all of them. */
  clear(): void {
    this.all.clear();
    this.#active = null;
    this.#alternate = null;
    this.#live = 0;
  }

  #review(active: SessionPath, nowMs: number): void {
    this.#reviewAtMs = nowMs + REVIEW_MS;
    for (const path of this.all.values()) {
      if (path === active || nowMs < strayAtMs(path)) continue;
      path.sent.takeSentBefore(nowMs - STRAY_PROBE_TIMEOUTS * path.rtt.probeTimeoutMs + 0.001, this.#lost);
      if (path.strayedAtMs <= path.answers.progressAtMs) path.strayedAtMs = nowMs;
    }
    const choice = this.#chooser.choose(active, this.all.values(), this.isInUse(nowMs), nowMs);
    if (choice?.isRescue === true) active.sent.takeAll(this.#lost);
    if (choice !== null) this.#use(choice.path, reasonOf(choice, active, nowMs));
    this.#alternate = this.#chooser.alternate(this.#active!, this.#alternate, this.all.values(), nowMs);
  }

  /** What was sent is unanswered, and nothing has come by any path for a while. */
  #isSilent(nowMs: number): boolean {
    if (this.#active !== null && nowMs < this.#active.answers.silentSinceMs + SILENT_MS) return false;
    for (const { answers } of this.all.values()) if (nowMs < answers.heardAtMs + SILENT_MS) return false;
    return true;
  }

  #use(active: SessionPath | null, reason: PathReason): void {
    if (active !== null && active !== this.#active) {
      active.takeOver();
      this.#reason = reason;
    }
    this.#active = active;
    if (active === null || active === this.#alternate || active.isRelayed) this.#alternate = null;
    for (const path of this.all.values()) path.acksItself = path !== active && path.carrier !== null;
  }

  /** Where the one in use is gone: one that answered lately, or any. */
  #nextBest(nowMs: number): SessionPath | null {
    let best: SessionPath | null = null;
    for (const path of this.all.values()) {
      if (path.carrier === null) continue;
      if (best === null || rank(path, nowMs) > rank(best, nowMs)) best = path;
    }
    return best;
  }
}

function reasonOf({ isRescue }: PathChoice, left: SessionPath, nowMs: number): PathReason {
  if (!isRescue) return 'better';
  return left.answers.isDemoted(nowMs) ? 'unreachable' : 'silent';
}

function strayAtMs({ sent, rtt }: SessionPath): number {
  const { oldest } = sent;
  if (oldest === null) return Number.POSITIVE_INFINITY;
  return oldest.sentAtMs + STRAY_PROBE_TIMEOUTS * rtt.probeTimeoutMs;
}

function rank(path: SessionPath, nowMs: number): number {
  return path.answers.isDemoted(nowMs) ? Number.NEGATIVE_INFINITY : path.answers.progressAtMs;
}
