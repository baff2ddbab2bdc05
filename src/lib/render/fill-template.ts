export type TemplateValue = string | number | boolean | readonly TemplateRow[]
export type TemplateRow = Readonly<Record<string, string | number | boolean>>
export type TemplateValues = Readonly<Record<string, TemplateValue>>

/**
 * Fills `{{name}}`, `{{#if name}}…{{/if}}` and `{{#each name}}…{{/each}}`; a row's own values win inside `each`.
 * Strict: a name without a value and a value without use are both mistakes, and so is a value of several lines.
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const used = new Set<string>()
  const words = template.replaceAll(TAG_ON_ITS_OWN_LINE, '$1').split(TAG)
  const filled = fillUntil({words, at: 0}, undefined, name => {
    used.add(name)
    return values[name]
  })
  const unused = Object.keys(values).filter(name => !used.has(name))
  if (unused.length > 0) throw new TypeError(`the template does not use ${unused.join(', ')}`)
  return filled
}

const TAG = /\{\{([^{}]+)\}\}/
const TAG_ON_ITS_OWN_LINE = /^[ \t]*(\{\{[#/][^{}]+\}\})[ \t]*\n/gm

interface Cursor {
  /** Text and tags in turn, text first. */
  readonly words: readonly string[]
  at: number
}

type Lookup = (name: string) => TemplateValue | undefined

function fillUntil(cursor: Cursor, end: string | undefined, lookup: Lookup): string {
  let filled = ''
  while (cursor.at < cursor.words.length) {
    filled += cursor.words[cursor.at] ?? ''
    const tag = cursor.words[cursor.at + 1]
    cursor.at += 2
    if (tag === undefined) break
    if (tag === end) return filled
    filled += fillTag(cursor, tag, lookup)
  }
  if (end !== undefined) throw new TypeError(`the template lacks {{${end}}}`)
  return filled
}

function fillTag(cursor: Cursor, tag: string, lookup: Lookup): string {
  const [, block, name = tag] = /^#(if|each) ([\w.-]+)$/.exec(tag) ?? []
  const value = lookup(name)
  if (value === undefined) throw new TypeError(`the template needs a value for ${name}`)
  if (block === 'if') return fillIf(cursor, value, lookup)
  if (block === 'each') return fillEach(cursor, {name, value}, lookup)
  return oneLine(name, value)
}

function fillIf(cursor: Cursor, value: TemplateValue, lookup: Lookup): string {
  if (typeof value !== 'boolean') throw new TypeError('{{#if}} takes a boolean')
  const inner = fillUntil(cursor, '/if', lookup)
  return value ? inner : ''
}

function fillEach(cursor: Cursor, {name, value}: {name: string; value: TemplateValue}, lookup: Lookup): string {
  if (typeof value !== 'object') throw new TypeError(`{{#each ${name}}} takes rows`)
  const start = cursor.at
  const rows = value.map(row => {
    cursor.at = start
    return fillUntil(cursor, '/each', inner => row[inner] ?? lookup(inner))
  })
  if (rows.length === 0) throw new TypeError(`{{#each ${name}}} has no rows`)
  return rows.join('')
}

function oneLine(name: string, value: TemplateValue): string {
  if (typeof value === 'object' || typeof value === 'boolean') throw new TypeError(`${name} is not a text`)
  const text = String(value)
  if (/[\n\r\0]/.test(text)) throw new TypeError(`${name} must be one line`)
  return text
}
