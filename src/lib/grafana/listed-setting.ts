/** What Grafana lists instead of a value whose section or key sounds like a secret to it. */
const MASKED = /^\*+$/

export function isMasked(listed: string): boolean {
  return MASKED.test(listed)
}

/**
 * Whether a setting of this text may be listed so. Grafana takes every value for a list of addresses: it puts their items together anew,
 * encodes what an address cannot hold, and hides passwords (seen on 9.3.1 and 12.4.0). What begins with a bracket and is
 * no list of JSON comes as nothing (12.4.0).
 */
export function isListedAs(text: string, listed: string): boolean {
  const [wished, seen] = [text.trim(), listed.trim()]
  if (seen === wished) return true
  const readings = wished.startsWith('[') ? [wordsOf(wished), itemsOf(wished)] : [wordsOf(wished)]
  const spelling = spelled(wordsOf(seen), seen)
  return readings.some(words => spelled(words, wished) === spelling)
}

function spelled(words: readonly string[], whole: string): string {
  return words.map(spelledAddress).join(whole.includes(',') ? ',' : ' ')
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(word => word !== '')
}

function itemsOf(text: string): readonly string[] {
  try {
    return (JSON.parse(text) as readonly unknown[]).map(String)
  } catch {
    return []
  }
}

function spelledAddress(word: string): string {
  return decoded(word)
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, scheme => scheme.toLowerCase())
    .replace(/^((?:[^/?#]*:\/\/)?[^/?#:@]*):[^/?#]*@/, '$1:xxxxx@')
    .replace(/#$/, '')
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}
