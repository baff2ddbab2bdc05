/** Without the blanks at both ends that Go trims, which are not those that JavaScript trims. */
export function trimAsGo(text: string): string {
  return trimStartAsGo(text).replace(AT_END, '')
}

function trimStartAsGo(text: string): string {
  return text.replace(AT_START, '')
}

const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const AT_START = new RegExp(`^${SPACE}+`)
const AT_END = new RegExp(`${SPACE}+$`)
