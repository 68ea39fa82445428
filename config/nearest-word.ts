/** Words longer than this are nobody's typing mistake, in UTF-16 units. */
const MAX_WORD = 32;

/** The known word that was probably meant, for a "did you mean", or null. Case, `-` and `_` do not count. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  if (word.length > MAX_WORD) return null;
  const typed = plain(word);
  let best: string | null = null;
  let bestDistance = typed.length < 6 ? 2 : 3;
  for (const candidate of known) {
    const distance = editDistance(typed, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
