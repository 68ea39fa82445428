/** Says that a round trip was not measured. */
const UNKNOWN = 255;
const MANTISSA_BITS = 4;
const MANTISSAS = 1 << MANTISSA_BITS;
/** What the mantissa is divided by: code 0 is half a millisecond. */
const UNITS_PER_MS = 32;
/** Losses are counted in quarters of a percent. */
const LOSS_UNITS = 400;

/**
 * A round trip in one byte, in steps of at most 6 %: exponent in the upper four bits, mantissa in the lower four, as
 * (16 + mantissa) x 2^exponent / 32 ms, from 0.5 ms to 30 s. 255 where it was not measured.
 */
export function encodeRttMs(rttMs: number | null): number {
  if (rttMs === null) return UNKNOWN;
  // By search: the formula decides, not how a machine rounds logarithms.
  let low = 0;
  let high = UNKNOWN - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((valueMs(middle) + valueMs(middle + 1)) / 2 < rttMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The round trip that a byte stands for, in ms; null where it was not measured. */
export function decodeRttMs(code: number): number | null {
  return code === UNKNOWN ? null : valueMs(code);
}

/** A share of losses, from 0 to 1, in one byte: quarters of a percent, at most 63.75 %. */
export function encodeLossShare(share: number): number {
  return Math.min(255, Math.round(share * LOSS_UNITS));
}

/** The share that a byte stands for. */
export function decodeLossShare(code: number): number {
  return code / LOSS_UNITS;
}

function valueMs(code: number): number {
  return ((MANTISSAS + (code & (MANTISSAS - 1))) * 2 ** (code >> MANTISSA_BITS)) / UNITS_PER_MS;
}
