import type {SshTarget} from '../../src/lib/model/node.ts'
import type {Script, ScriptOutput} from '../../src/lib/model/script.ts'
import type {Sshd} from './sshd.ts'

/** How gha reaches a test's sshd; a test names only what matters to it. */
export function sshTarget(sshd: Sshd, overrides: Partial<SshTarget> = {}): SshTarget {
  return {
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    identityFile: sshd.identityFile,
    knownHostsFile: sshd.knownHostsFile,
    jump: [],
    become: {method: 'none'},
    transport: 'ssh2',
    ...overrides,
  }
}

export interface Said {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A read-only script whose answer is its exit code and its texts. */
export function aScript(text: string, overrides: Partial<Script<Said>> = {}): Script<Said> {
  return {name: 'test script', text, mutates: false, deadlineSeconds: 30, parse: said, ...overrides}
}

function said({exitCode, stdout, stderr}: ScriptOutput): Said {
  return {exitCode, stdout: Buffer.from(stdout).toString('utf8'), stderr}
}
