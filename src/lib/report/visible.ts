/**
 * Text as a terminal may have it, whoever wrote it: what would move the cursor, hide or reorder shows as `\u001b`, which is
 * the same character in JSON. `drawing`: gha's own colours and frames stay.
 */
export function visible(text: string, keep: 'nothing' | 'drawing' = 'nothing'): string {
  return text.replaceAll(keep === 'drawing' ? OWN_OR_UNSEEN : UNSEEN, found =>
    found.length > 1 ? found : escaped(found),
  )
}

/** Control characters but for the ends of lines and tabs, and those that turn the direction of writing. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
/** Bold, dim, the colours and their ends; a frame's start, ends of lines and end. */
const OWN = /\u001b\[(?:[012]|22|3[0-79]|9[0-7])m|^\u001b\[H|\u001b\[K(?=\n)|\u001b\[J$/
const OWN_OR_UNSEEN = new RegExp(`${OWN.source}|${UNSEEN.source}`, 'g')

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
