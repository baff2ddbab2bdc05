import {beforeAll, describe, expect, it} from 'vitest'
import {needBuild, runGha} from '../support/gha.ts'

beforeAll(needBuild)

describe('a command line that gha does not understand', () => {
  it.each([
    ['a command with a typing mistake', ['chek'], 'there is no command chek; did you mean check?'],
    ['a word that the command does not take', ['status', '5'], '`gha status` takes no argument 5'],
    ['an unknown flag', ['check', '--nope'], '--nope'],
    ['a flag that needs another', ['status', '--interval', '5'], '--watch'],
  ])('is refused in the form of all errors: %s', async (_what, words, said) => {
    const {code, stdout, stderr} = await runGha([...words, '-o', 'json'])
    expect([code, stderr.split('\n').length]).toEqual([2, 4])
    expect(stderr).toContain(said)
    expect(JSON.parse(stdout)).toMatchObject({type: 'error', error: {code: 'USAGE', exit: 2}})
  })
})
