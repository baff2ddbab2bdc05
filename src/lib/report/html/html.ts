import {printable} from '../printable.ts'

/** Markup. The only way to get one is `html`, which escapes whatever is no markup. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  static of(parts: readonly string[], values: readonly Value[]): Html {
    return new Html(parts.map((part, place) => part + markupOf(values[place])).join(''))
  }
}

type Value = Html | readonly Html[] | string | number | undefined

export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return Html.of(parts, values)
}

function markupOf(value: Value): string {
  if (value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(({text}) => text).join('')
  return printable(String(value)).replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
