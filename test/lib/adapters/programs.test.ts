import {describe, expect, it} from 'vitest'
import {localPrograms} from '../../../src/lib/adapters/programs.ts'

const programs = localPrograms()
const node = process.execPath

describe('localPrograms', () => {
  it('hands words to a program as they are, without a shell', async () => {
    expect(await programs.output([node, '-p', 'process.argv[1]', '$(id) "x"'], '/')).toBe('$(id) "x"\n')
  })

  it('says how a program failed and shows nothing of its output', async () => {
    const script = 'console.log("hidden"); console.error("vault is sealed"); process.exit(3)'
    await expect(programs.output([node, '-e', script], '/')).rejects.toThrow('exit code 3, vault is sealed')
    await expect(programs.output([node, '-e', script], '/')).rejects.not.toThrow('hidden')
  })

  it('says when there is no such program', async () => {
    await expect(programs.output(['gha-no-such-program'], '/')).rejects.toThrow('no such program')
  })
})
