/** One of these while the process is ending ends it at once. */
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
 * signal (or the one of number `forcedBy`), and where the orderly end takes too long.
 */
export function untilToldToStop(withParent: boolean, forcedBy = 2): Stop {
  let signals = 0;
  let tell: (why: string) => void = () => {};
  let deadline: NodeJS.Timeout | null = null;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const stop = (why: string): void => {
    if (deadline !== null) return;
    deadline = setTimeout(() => process.exit(1), END_DEADLINE_MS).unref();
    tell(why);
  };
  const onSignal = (signal: string): void => {
    // A process that ends by itself needs no first signal.
    signals = Math.max(signals, deadline === null ? 0 : 1) + 1;
    if (signals >= forcedBy) process.exit(1);
    stop(signal);
  };
  const parentGone = (): void => stop('parent gone');
  for (const signal of SIGNALS) process.on(signal, onSignal);
  if (withParent) process.on('disconnect', parentGone);
  return {
    told,
    tell: stop,
    done: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('disconnect', parentGone);
      if (withParent && process.connected) process.disconnect();
      if (deadline !== null) clearTimeout(deadline);
      // All that matters is done; a socket that was left open must not keep the process.
      setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
    },
  };
}
