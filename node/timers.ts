import type { Scheduler } from '../socks/scheduler.ts';
import type { Clock } from './clock.ts';

/** The process's timers for the rooms that do not know of processes. */
export function timersOf(clock: Clock): Scheduler {
  return {
    nowMs: () => clock.nowMs(),
    after: (delayMs, fire) => {
      const timer = setTimeout(fire, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
