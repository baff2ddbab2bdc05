import {type About, type Check, eachNode, failed, type Outcome, passed, undecided} from './check.ts'

export const sshSudo: Check = {
  id: 'ssh/sudo',
  title: 'gha gets the rights it needs',
  severity: 'error',
  hint: 'Let the login user run everything with `sudo -n`, or set `ssh.become` in gha.yaml, then run `gha check --only ssh` again.',
  judge: judged => eachNode(judged).map(about => ({node: about.node.name, ...judgeRights(about)})),
}

function judgeRights({cluster, node, seen: {access, rights}}: About): Outcome {
  if (access.status === 'powerless') {
    const {message, hint} = access.failure
    return failed(message, {...(hint ? {hint} : {}), cause: 'authentication'})
  }
  if (!rights.known) {
    const shutOut = access.status === 'unreachable' && access.failure.exit === 'authentication'
    return undecided(rights.reason, shutOut ? {cause: 'authentication'} : {})
  }
  const {uid} = rights.value
  if (uid === 0) return passed('is root there')
  const {method} = cluster.grafana.install
  const needsRoot = method === 'apt' || method === 'dnf' || node.service.manager !== 'command'
  return needsRoot ? failed(`has user id ${uid}, and needs root`) : passed(`has user id ${uid}, which is enough here`)
}
