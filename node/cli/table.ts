/** What could move the cursor or turn the text around; names come from other machines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Rows as lines with aligned columns, the first row being the head. Columns in `right` (counted from 0) are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll(UNPRINTABLE, '?')));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const pad = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return cells.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
