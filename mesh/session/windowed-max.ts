/** The largest value of the last `windowLength` units of whatever counts time: rounds, milliseconds. */
export class WindowedMax {
  readonly #windowLength: number;
  /** Values in falling order, times rising: the first is the maximum. */
  readonly #values: number[] = [];
  readonly #times: number[] = [];

  constructor(windowLength: number) {
    this.#windowLength = windowLength;
  }

  /** The maximum, or 0 where there is none. */
  get value(): number {
    return this.#values[0] ?? 0;
  }

  update(value: number, time: number): void {
    while (this.#values.length > 0 && this.#values[this.#values.length - 1]! <= value) {
      this.#values.pop();
      this.#times.pop();
    }
    this.#values.push(value);
    this.#times.push(time);
    while (this.#times.length > 1 && this.#times[0]! <= time - this.#windowLength) {
      this.#values.shift();
      this.#times.shift();
    }
  }
}
