/** One thing that is wrong in a configuration file. Holds no secrets: fit for terminals, logs and bug reports. */
export interface ConfigError {
  /** What is wrong and what to do, without the place. */
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  /** In UTF-16 units, counted from 1. */
  readonly column: number;
  /** Which value, such as `servers[0].id`; empty for the file as a whole. */
  readonly path: string;
}

/** One line for a terminal: `uservpn.yaml:12:3: listen[0]: "udp://example.com:1" names a host; …`. */
export function formatConfigError(file: string, error: ConfigError): string {
  const path = error.path === '' ? '' : `${error.path}: `;
  return `${file}:${error.line}:${error.column}: ${path}${error.message}`;
}
