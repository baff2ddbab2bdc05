const LONGEST = 1000

/** Words of other programs on one line, without what would move the cursor, and no more than anybody reads. */
export function printable(text: string): string {
  const line = text
    .slice(0, 4 * LONGEST)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
