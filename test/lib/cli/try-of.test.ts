import {describe, expect, it} from 'vitest'
import {tryOf} from '../../../src/lib/cli/try-of.ts'

const over = () => undefined

function aTerminal(answer: boolean) {
  const asked: {readonly question: string; readonly signal: AbortSignal | undefined}[] = []
  const confirm = async (question: string, signal?: AbortSignal) => {
    asked.push({question, signal})
    return answer
  }
  return {ui: {interactive: true, confirm}, asked}
}

describe('--try', () => {
  it('waits as long as it says', () => {
    const {ui} = aTerminal(true)
    expect(tryOf('90s', {ui, over})).toMatchObject({seconds: 90, over})
    expect(tryOf('10m', {ui, over})).toMatchObject({seconds: 600})
    expect(tryOf(undefined, {ui, over})).toBe(undefined)
  })

  it.each([true, false])('takes the answer of the terminal, in a question that can be withdrawn: %s', async answer => {
    const {ui, asked} = aTerminal(answer)
    const {signal} = new AbortController()
    expect(await tryOf('1m', {ui, over})?.ask?.(signal)).toBe(answer)
    expect(asked).toEqual([{question: 'Keep it?', signal}])
  })

  it('asks nobody where no terminal is', () => {
    const {ui} = aTerminal(true)
    expect(tryOf('1m', {ui: {...ui, interactive: false}, over})).toEqual({seconds: 60, over})
  })

  it.each(['5', 'soon', '0s', '-1m', ''])('refuses what is no duration: %j', flag => {
    const refused = expect.objectContaining({code: 'USAGE', exit: 'usage'})
    expect(() => tryOf(flag, {ui: aTerminal(true).ui, over})).toThrow(refused)
  })
})
