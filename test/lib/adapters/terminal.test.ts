import path from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {Pty} from '../../support/pty.ts'

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const TERMINAL = path.resolve('src/lib/adapters/terminal.ts')

let open: Pty | undefined
afterEach(() => {
  open?.close()
  open = undefined
})

/** What becomes of a question: the program says its answer, or the code of its error. */
function asking(call: string): Pty {
  const program = `
    const {terminal} = await import(${JSON.stringify(TERMINAL)})
    const said = await terminal().${call}.catch(error => error.code)
    console.log('said <' + said + '>')`
  open = new Pty([process.execPath, '--input-type=module', '-e', program])
  return open
}

describe('a question on a terminal', () => {
  it.each([
    ['Ctrl-D', CTRL_D, 'false'],
    ['Enter', '\r', 'false'],
    ['y', 'y\r', 'true'],
    ['Ctrl-C', CTRL_C, 'CANCELLED'],
  ])('of yes or no takes %s as an answer', async (_key, keys, said) => {
    const terminal = asking("confirm('Go ahead?')")
    await terminal.sees('Go ahead?')
    terminal.type(keys)
    await terminal.sees(`said <${said}>`)
    expect(await terminal.exited).toBe(0)
  })

  it.each([
    ["input({message: 'Name'})"],
    ["password({message: 'Name'})"],
    ["select('Name', [{value: 'a', name: 'a'}])"],
  ])('of another kind is cancelled by Ctrl-D: %s', async call => {
    const terminal = asking(call)
    await terminal.sees('Name')
    terminal.type(CTRL_D)
    await terminal.sees('said <CANCELLED>')
    expect(await terminal.exited).toBe(0)
  })
})
