import {Chalk} from 'chalk'
import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {errorText} from '../../../src/lib/report/error.ts'
import {redrawn} from '../../../src/lib/report/status/status-text.ts'
import {visible} from '../../../src/lib/report/visible.ts'

const HOSTILE = '\u001b]0;pwned\u0007\u001b[2J\u001b[1;1Hroot\r\u009b8m\u202egnp'
const SHOWN = '\\u001b]0;pwned\\u0007\\u001b[2J\\u001b[1;1Hroot\\u000d\\u009b8m\\u202egnp'

describe('text for a terminal', () => {
  it.each(['nothing', 'drawing'] as const)('shows what would move the cursor, keeping %s', keep => {
    expect(visible(`a\n\t${HOSTILE}`, keep)).toBe(`a\n\t${SHOWN}`)
  })

  it('keeps colours and frames of gha on a terminal alone', () => {
    const paint = new Chalk({level: 1})
    const drawn = redrawn(`${paint.bold.red('error:')} ${paint.dim('one')}\n${paint.green('two')}`)
    expect(visible(drawn, 'drawing')).toBe(drawn)
    expect(visible(drawn)).not.toContain('\u001b')
  })

  it('is the same where it is JSON', () => {
    const document = JSON.stringify({text: HOSTILE})
    expect(JSON.parse(visible(document))).toEqual({text: HOSTILE})
  })

  it('is every error, whatever it quotes', () => {
    const error = new GhaError(`no run ${HOSTILE}`, {code: 'X', exit: 'usage', node: HOSTILE, hint: HOSTILE})
    for (const thrown of [error, new Error(HOSTILE)]) {
      const text = errorText(thrown, {colour: false})
      expect(text).toContain(SHOWN)
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    }
  })
})
