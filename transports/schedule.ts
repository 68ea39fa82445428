/** Calls `fire` once after `delayMs` milliseconds, unless the returned function is called before. */
export type Schedule = (delayMs: number, fire: () => void) => () => void;

/** The process's own timers. They don't keep the process alive: the sockets they watch do. */
export const scheduleByTimer: Schedule = (delayMs, fire) => {
  const timer = setTimeout(fire, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
