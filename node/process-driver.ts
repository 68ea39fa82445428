import type { Clock } from './clock.ts';

/** Clocks that part by more than this, or a timer that is this late, mean that the machine slept (PROTOCOL's mesh must know). */
const SLEEP_NOTICED_MS = 2_000;

/**
 * How long the process may go without a look at the clocks, in ms, while somebody waits on a stream: timers stand still
 * while Linux is suspended, and what the peer sent meanwhile may have gone where this machine no longer is.
 */
const SLEEP_WATCH_MS = 5_000;

/** Smaller steps and drifts of the wall clock are passed on once they reach this. */
const DRIFT_TOLD_MS = 20;

/** Node fires longer timers at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the driver needs of a mesh. */
export interface DrivenMesh {
  readonly wakeAtMs: number;
  onWakeChanged: () => void;
  awaitsStreams(nowMs: number): boolean;
  tick(nowMs: number): void;
  wokeUp(nowMs: number, wallMs: number): void;
  wasLate(lateMs: number): void;
  setWallClock(nowMs: number, wallMs: number): void;
}

/**
 * Gives a sans-I/O mesh its time: one timer for the moment it asked for, or to see whether the machine has slept, none while nothing is outstanding, and a word
 * when the machine has slept. After every call into the mesh, `settle` is called to carry out what came of it.
 */
export class ProcessDriver {
  readonly #mesh: DrivenMesh;
  readonly #clock: Clock;
  readonly #settle: () => void;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #armedForMs = Infinity;
  #wallAheadMs: number;
  #stopped = false;

  constructor(mesh: DrivenMesh, clock: Clock, settle: () => void) {
    this.#mesh = mesh;
    this.#clock = clock;
    this.#settle = settle;
    this.#wallAheadMs = clock.wallMs() - clock.nowMs();
    mesh.onWakeChanged = () => this.arm();
  }

  /** The time for the next call into the mesh, in ms. Tells the mesh first where the machine has slept since the last. */
  nowMs(): number {
    const nowMs = this.#clock.nowMs();
    // What came meanwhile may be dealt with before the timer that is late.
    const isLate = nowMs - this.#armedForMs > SLEEP_NOTICED_MS;
    this.#noticeSleep(nowMs, isLate);
    if (isLate) this.#armedForMs = nowMs;
    return nowMs;
  }

  /** Sees to it that the mesh is called when it wants to be. Cheap where nothing changed. */
  arm(): void {
    if (this.#stopped || this.#immediate !== null) return;
    const wakeAtMs = this.#mesh.wakeAtMs;
    if (wakeAtMs === Infinity) {
      this.#disarm();
      return;
    }
    const nowMs = this.#clock.nowMs();
    const waitMs = wakeAtMs - nowMs;
    if (waitMs <= 0) {
      this.#disarm();
      this.#armedForMs = nowMs;
      this.#immediate = setImmediate(() => this.#fire());
      return;
    }
    // A timer that fires too early only arms the next one; moving it with every packet would cost more.
    if (this.#timer !== null && this.#armedForMs <= wakeAtMs) return;
    this.#disarm();
    const isWatch = waitMs > SLEEP_WATCH_MS && this.#mesh.awaitsStreams(nowMs);
    this.#armedForMs = isWatch ? nowMs + SLEEP_WATCH_MS : wakeAtMs;
    const timerMs = isWatch ? SLEEP_WATCH_MS : Math.min(Math.ceil(waitMs), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#fire(), timerMs);
  }

  /** Never calls the mesh again. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#disarm();
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#immediate = null;
  }

  #fire(): void {
    const dueMs = this.#armedForMs;
    const isTimer = this.#timer !== null;
    this.#disarm();
    this.#immediate = null;
    const nowMs = this.#clock.nowMs();
    const lateMs = nowMs - dueMs;
    this.#noticeSleep(nowMs, lateMs > SLEEP_NOTICED_MS);
    if (isTimer && lateMs >= 0 && lateMs <= SLEEP_NOTICED_MS) this.#mesh.wasLate(lateMs);
    if (this.#mesh.wakeAtMs <= nowMs) this.#mesh.tick(nowMs);
    this.#settle();
    this.arm();
  }

  #noticeSleep(nowMs: number, late: boolean): void {
    const wallMs = this.#clock.wallMs();
    const wallAheadMs = wallMs - nowMs;
    const partedMs = Math.abs(wallAheadMs - this.#wallAheadMs);
    if (partedMs <= DRIFT_TOLD_MS && !late) return;
    this.#wallAheadMs = wallAheadMs;
    if (late || partedMs > SLEEP_NOTICED_MS) this.#mesh.wokeUp(nowMs, wallMs);
    else this.#mesh.setWallClock(nowMs, wallMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#armedForMs = Infinity;
  }
}
