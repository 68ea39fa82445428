/** The second one of these ends the process at once. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Longer than this takes no orderly end, in ms. */
const END_DEADLINE_MS = 5_000;

/** How long the process may stay after all is closed, in ms. */
const LEFT_OPEN_MS = 100;

/** The wish to end, as it reaches a process. */
export interface Stop {
  /** Resolves with the signal's name, or `parent gone`. Never rejects. */
  readonly told: Promise<string>;
  /** The process itself wants to end, for that reason: what it was told in advance has come. */
  tell(why: string): void;
  /** Stops listening, and ends the process soon with the exit status that is set by then. To be called once all is closed. */
  done(): void;
}

/**
 * Waits for a signal to end or, `withParent`, for the parent process to go. Ends the process by force on a second
 * signal, and where the orderly end takes too long.
 */
export function untilToldToStop(withParent: boolean): Stop {
  let tell: (why: string) => void = () => {};
  let deadline: NodeJS.Timeout | null = null;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const stop = (why: string): void => {
    if (deadline !== null) process.exit(1);
    deadline = setTimeout(() => process.exit(1), END_DEADLINE_MS).unref();
    tell(why);
  };
  const stopOnce = (why: string): void => {
    if (deadline === null) stop(why);
  };
  const parentGone = (): void => stopOnce('parent gone');
  for (const signal of SIGNALS) process.on(signal, stop);
  if (withParent) process.on('disconnect', parentGone);
  return {
    told,
    tell: stopOnce,
    done: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      process.off('disconnect', parentGone);
      if (withParent && process.connected) process.disconnect();
      if (deadline !== null) clearTimeout(deadline);
      // All that matters is done; a socket that was left open must not keep the process.
      setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
    },
  };
}
