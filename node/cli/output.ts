/** Prints text for a person on standard output, with a newline. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a value for a program on standard output, as one line of JSON. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Prints a remark on standard error, where it does not get into a program's way. */
export function remark(text: string): void {
  process.stderr.write(`uservpn: ${text}\n`);
}
