import {createHash, randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createHosts} from '../../src/lib/adapters/hosts.ts'
import type {ScriptOutput} from '../../src/lib/model/script.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import type {Host, Hosts} from '../../src/lib/ports/host.ts'
import {processWords} from '../support/process-words.ts'
import {aScript, sshTarget} from '../support/ssh-target.ts'
import {type Sshd, startSshd} from '../support/sshd.ts'

const TRANSPORTS = ['ssh2', 'openssh'] as const

describe.each(TRANSPORTS)('a host over %s', transport => {
  let sshd: Sshd
  let hosts: Hosts
  let host: Host

  beforeAll(async () => {
    sshd = await startSshd()
    hosts = createHosts({say: () => undefined})
    host = await hosts.connect('n1', sshTarget(sshd, {transport}))
  })

  afterAll(async () => {
    await hosts.closeAll()
    await sshd.stop()
  })

  it('names itself and the transport that answered', () => {
    expect([host.name, host.transport]).toEqual(['n1', transport])
  })

  it('is connected once, however often it is asked for', async () => {
    expect(await hosts.connect('n1', sshTarget(sshd, {transport}))).toBe(host)
  })

  it('answers with the exit code and both outputs apart', async () => {
    const answer = await host.run(aScript('echo out; echo err >&2; exit 3'))
    expect(answer).toEqual({exitCode: 3, stdout: 'out\n', stderr: 'err\n'})
  })

  it('tells an exit code of 255 from a broken connection', async () => {
    expect(await host.run(aScript('exit 255'))).toMatchObject({exitCode: 255})
  })

  it('answers with the exit code of a script that does not parse', async () => {
    expect(await host.run(aScript('if true'))).toMatchObject({exitCode: 2})
  })

  it('runs a script in the C locale, with sbin in its path and from the root folder', async () => {
    const {stdout} = await host.run(aScript('echo "$LC_ALL $PWD"; echo "$PATH"'))
    expect(stdout).toMatch(/^C \/\n.*\/usr\/sbin/)
  })

  it('takes quotes, newlines and every other character in a script', async () => {
    const text = `printf %s 'it'\\''s "$HOME" \`x\` ! \\ ü\n#whole\nend'`
    expect((await host.run(aScript(text))).stdout).toBe(`it's "$HOME" \`x\` ! \\ ü\n#whole\nend`)
  })

  it('brings 20 MB of random bytes back unharmed', async () => {
    const make = 'f=$(mktemp); head -c 20971520 /dev/urandom >$f; sha256sum <$f >&2; cat $f; rm $f'
    const parse = (output: ScriptOutput) => [output.stderr.slice(0, 64), sha256(output.stdout), output.stdout.length]
    const [told, seen, length] = await host.run({...aScript(make), parse})
    expect([seen, length]).toEqual([told, 20_971_520])
  })

  it('feeds 20 MB of random bytes to the script, and tells it how many', async () => {
    const input = randomBytes(20_971_520)
    const {stdout} = await host.run(aScript('echo $INPUT_BYTES; sha256sum', {input}))
    expect(stdout).toBe(`20971520\n${sha256(input)}  -\n`)
  })

  it('feeds a secret to the script, to the last byte and no further', async () => {
    const {stdout} = await host.run(aScript('od -An -tx1', {input: new Secret('a\nb')}))
    expect(stdout.trim()).toBe('61 0a 62')
  })

  it('does not mind a script that leaves its input unread', async () => {
    const answer = await host.run(aScript('exit 4', {input: randomBytes(3_000_000)}))
    expect(answer.exitCode).toBe(4)
  })

  it('answers although the script left a daemon behind', async () => {
    const started = performance.now()
    const {stdout} = await host.run(aScript('sleep 15 & echo $!'))
    expect(performance.now() - started).toBeLessThan(8000)
    await host.run(aScript(`kill ${stdout.trim()}`))
  })

  it('refuses output beyond 64 MiB', async () => {
    const endless = host.run(aScript('head -c 80000000 /dev/zero'))
    await expect(endless).rejects.toMatchObject({code: 'HOST_OUTPUT', node: 'n1'})
  })

  it('strips control characters from what is shown of the error output', async () => {
    const {stderr} = await host.run(aScript(String.raw`printf 'a\033[31mb\nc\n' >&2`))
    expect(stderr).toBe('a[31mb\nc\n')
  })

  it('stops a script at its deadline, on the host too', async () => {
    const mark = `sleep 98.${Date.now() % 100_000}`
    const late = host.run(aScript(mark, {deadlineSeconds: 1, mutates: true}))
    await expect(late).rejects.toMatchObject({code: 'HOST_DEADLINE', exit: 'partial', node: 'n1'})
    const {stdout} = await host.run(aScript('for f in /proc/[0-9]*/cmdline; do tr "\\0" " " <$f; echo; done'))
    expect(stdout).toContain('sshd')
    expect(stdout).not.toContain(mark)
  })

  it('runs twenty scripts at once', async () => {
    const all = await Promise.all(Array.from({length: 20}, (_, n) => host.run(aScript(`echo ${n}`))))
    expect(all.map(one => one.stdout.trim())).toEqual(Array.from({length: 20}, (_, n) => String(n)))
  })

  it('lets neither script nor input stand in an argv or environment', async () => {
    const word = `canary${randomBytes(8).toString('hex')}`
    const running = host.run(
      aScript(`: ${word}; cat >/dev/null; sleep 97 & wait`, {input: new Secret(word), deadlineSeconds: 4}),
    )
    const ended = running.catch((error: unknown) => error)
    await sleep(2000)
    const words = processWords()
    expect(words.some(line => line.includes('sleep\0' + '97'))).toBe(true)
    expect(words.filter(line => line.includes(word))).toEqual([])
    await ended
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
