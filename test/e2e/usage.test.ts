import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {needBuild, runGha} from '../support/gha.ts'

beforeAll(needBuild)

describe('a command line that gha does not understand', () => {
  it.each([
    ['a command with a typing mistake', ['chek'], 'there is no command chek; did you mean check?'],
    ['a word that the command does not take', ['status', '5'], '`gha status` takes no argument 5'],
    ['a mistyped verb of a command', ['rollout', 'statuss'], 'takes no argument statuss; did you mean status?'],
    ['a mistyped verb of a topic', ['lock', 'brek', 'r7'], 'there is no command lock brek; did you mean break?'],
    ['a word that is missing', ['drain'], 'missing 1 required arg: node  Name of the node in gha.yaml.\n'],
    ['an unknown flag', ['check', '--nope'], '--nope'],
    ['help about a command that is not there', ['help', 'nope'], 'there is no command nope'],
    [
      'help about a verb that is not there',
      ['help', 'rollout', 'stats'],
      'there is no command rollout stats; did you mean rollout status?',
    ],
    ['a flag whose variable was empty', ['rollout', '--to', ''], '--to is given without a value'],
    ['a flag that needs another', ['status', '--interval', '5'], '--watch'],
  ])('is refused in the form of all errors: %s', async (_what, words, said) => {
    const {code, stdout, stderr} = await runGha([...words, '-o', 'json'])
    expect([code, stderr.split('\n').length]).toEqual([2, 4])
    expect(stderr).toContain(said)
    expect(JSON.parse(stdout)).toMatchObject({type: 'error', error: {code: 'USAGE', exit: 2}})
  })

  it('is one that asks for help in words', async () => {
    const words = await runGha(['help', 'rollout'])
    expect(words).toEqual(await runGha(['rollout', '--help']))
    expect(await runGha(['help', 'lock'])).toEqual(await runGha(['lock', '--help']))
    expect([words.code, words.stdout]).toEqual([0, expect.stringContaining('gha rollout [--to VERSION]')])
  })

  it('has no empty alternative in the usage of any command, and a topic is not one of its commands', async () => {
    const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
    const usages = await Promise.all(
      Object.keys(commands).map(async id => (await runGha([...id.split(':'), '--help'])).stdout.split('FLAGS\n')[0]),
    )
    expect(usages.filter(usage => /\|\s*[|\]]|\[\s*\|/.test(usage ?? ''))).toEqual([])
    const {stdout} = await runGha(['lock', '--help'])
    expect(stdout.split('\n')[0]).toContain('See who holds the lock')
  })

  it('is no bug of gha where it names a folder as the cluster file', async () => {
    const {code, stderr} = await runGha(['check', '-c', 'test'])
    expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${path.resolve('test')}: it is a folder, not a file`])
  })

  it('ends at once when a program of the cluster file is not there', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gha-usage-'))
    try {
      const file = path.join(folder, 'gha.yaml')
      writeFileSync(file, 'grafana:\n  secretKey: "${cmd:[nonesuch]}"\n')
      const started = Date.now()
      const {code, stderr} = await runGha(['render', '--out', path.join(folder, 'out'), '-c', file])
      expect(code).toBe(2)
      expect(stderr).toContain('no such program')
      expect(Date.now() - started).toBeLessThan(30_000)
    } finally {
      rmSync(folder, {recursive: true})
    }
  })
})
