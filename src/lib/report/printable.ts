/** Words of other programs on one line, without what would move the cursor. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}
