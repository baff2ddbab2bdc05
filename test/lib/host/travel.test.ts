import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {COMMAND, packScript, type Travel} from '../../../src/lib/host/travel.ts'

const NONCE = 'a'.repeat(32) + 'b'.repeat(32)

function packed(text: string, inputBytes = 0): Travel {
  return packScript({text, deadlineSeconds: 10}, {elevation: 'none', nonce: NONCE, inputBytes})
}

/** Runs the command as sshd does: by the login shell, with the bytes on standard input. */
function arrive(sent: Uint8Array, loginShell = '/bin/sh') {
  const {stdout, stderr} = spawnSync(loginShell, ['-c', COMMAND], {input: sent, encoding: 'utf8'})
  return {stdout, stderr}
}

function whole(travel: Travel, input = ''): Buffer {
  return Buffer.from(travel.opening + travel.job + input)
}

describe('a packed script', () => {
  it('answers between its marks, with its exit code, and leaves the rest of the input alone', () => {
    const travel = packed('cat; echo done; exit 7', 3)
    const {begin, end} = travel.marks
    expect(arrive(whole(travel, 'a\nb'))).toEqual({
      stdout: `${begin}a\nbdone\n${end} 7\n`,
      stderr: `${begin}${end} 7\n`,
    })
  })

  it('never runs when only a part of it arrived, wherever it was cut', () => {
    const travel = packed('echo ran')
    const bytes = whole(travel)
    const cuts = Array.from({length: 40}, (_, n) => Math.floor((n * (bytes.length - 1)) / 39))
    const answers = cuts.map(cut => arrive(bytes.subarray(0, cut)).stdout)
    expect(answers.filter(answer => answer.includes('ran'))).toEqual([])
    expect(arrive(bytes).stdout).toContain('ran')
  })

  it('needs a short command line only', () => {
    expect(COMMAND.length).toBeLessThan(80)
  })

  it('shows sudo nothing of what marks its answers', () => {
    const travel = packScript({text: 'x', deadlineSeconds: 1}, {elevation: 'ask', nonce: NONCE, inputBytes: 0})
    expect(travel.opening).not.toContain(NONCE.slice(32))
    expect(travel.opening.split('\n')).toHaveLength(2)
  })

  it.each(['/usr/bin/tcsh', '/usr/bin/fish', '/bin/bash', '/bin/dash'].filter(existsSync))(
    'comes through %s as a login shell',
    shell => {
      const travel = packed(`printf '%s' '!x $y "z" \`w\`'`)
      expect(arrive(whole(travel), shell).stdout).toContain('!x $y "z" `w`')
    },
  )

  it('carries any text', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 60}), text => {
        const word = text.replaceAll('\0', '').toWellFormed()
        const travel = packed(`printf %s '${word.replaceAll("'", `'\\''`)}'`)
        const {stdout} = arrive(whole(travel))
        expect(stdout).toBe(`${travel.marks.begin}${word}${travel.marks.end} 0\n`)
      }),
      {numRuns: 30},
    )
  })
})
