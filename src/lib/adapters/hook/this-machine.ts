import {spawn} from 'node:child_process'
import {GhaError} from '../../errors/gha-error.ts'
import type {Script, ScriptOutput} from '../../model/script.ts'
import {DialError, type Host, type Hosts} from '../../ports/host.ts'
import {afterSeconds} from '../after-seconds.ts'
import {collected} from '../collected.ts'
import {endGroup} from './end-group.ts'

/** The machine that gha runs on, as the operator has it: his environment, and the folder of gha.yaml. */
export function thisMachine(folder: string): Hosts {
  return {connect: async name => hereAs(name, folder), closeAll: async () => undefined}
}

function hereAs(name: string, folder: string): Host {
  return {
    name,
    transport: 'none',
    run: async <T>(script: Script<T>) => script.parse(await output(script, {name, folder})),
    dial: () => Promise.reject(new DialError('forbidden', 'nothing is dialled from this machine')),
    close: async () => undefined,
  }
}

interface Place {
  readonly name: string
  readonly folder: string
}

/** What it leaves running, as `ssh` with `ControlPersist` does, may hold its outputs open for ever. */
const LAST_WORDS_MILLISECONDS = 500

/** A process group of its own: Ctrl-C in the terminal does not reach a drain, and the deadline ends all of it. */
function output(
  {text, name: what, mutates, deadlineSeconds}: Script<unknown>,
  {name, folder}: Place,
): Promise<ScriptOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', text], {cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe']})
    const letGo = () => {
      clearTimeout(timer)
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const end = (message: string) => {
      endGroup(child.pid, 'SIGKILL')
      letGo()
      reject(failed(`${what} ${message}`, {name, mutates}))
    }
    const timer = afterSeconds(deadlineSeconds, () => end(`did not end within ${deadlineSeconds} s`))
    const stdout = collected(child.stdout, () => end('prints more than 1 MiB'))
    const stderr = collected(child.stderr, () => end('complains in more than 1 MiB'))
    child.on('error', error => end(`could not start: ${error.message}`))
    const closed = new Promise(over => child.on('close', over))
    child.on('exit', async (code, signal) => {
      clearTimeout(timer)
      if (code === null) return end(`was ended by ${signal}`)
      await Promise.race([closed, new Promise(over => setTimeout(over, LAST_WORDS_MILLISECONDS))])
      letGo()
      resolve({exitCode: code, stdout: stdout(), stderr: stderr().toString('utf8')})
    })
  })
}

function failed(message: string, {name, mutates}: {readonly name: string; readonly mutates: boolean}): GhaError {
  return new GhaError(message, {
    code: 'BALANCER_HOOK_FAILED',
    exit: mutates ? 'partial' : 'preflight',
    node: name,
    hint: 'Run the command of `loadBalancer.commands` by hand and see what it does; `deadline` gives it more time.',
  })
}
