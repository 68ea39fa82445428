/** A set of rules: bit n of all words together stands for the rule at place n. */
export type RuleMask = Uint32Array;

/** How many words a mask needs. */
export function maskWords(rules: number): number {
  return Math.ceil(rules / 32);
}

/** Puts a rule into a mask. */
export function addRule(mask: RuleMask, rule: number): void {
  mask[rule >>> 5]! |= 1 << (rule & 31);
}

/** Takes a rule out of a mask. */
export function removeRule(mask: RuleMask, rule: number): void {
  mask[rule >>> 5]! &= ~(1 << (rule & 31));
}

/** Whether a rule is in a mask. */
export function hasRule(mask: RuleMask, rule: number): boolean {
  return (mask[rule >>> 5]! & (1 << (rule & 31))) !== 0;
}

/** Puts all of another mask of the same length into a mask. */
export function addRules(mask: RuleMask, others: RuleMask): void {
  for (let word = 0; word < mask.length; word++) mask[word]! |= others[word]!;
}

/** The first rule from a place on that is in a mask, or -1. */
export function nextRule(mask: RuleMask, from: number): number {
  let word = from >>> 5;
  if (word >= mask.length) return -1;
  let bits = mask[word]! & (-1 << (from & 31));
  while (bits === 0) {
    if (++word >= mask.length) return -1;
    bits = mask[word]!;
  }
  return word * 32 + 31 - Math.clz32(bits & -bits);
}
