import type {Access} from '../facts/node-observation.ts'
import {type Check, eachNode, failed, type Outcome, passed} from './check.ts'

export const sshReachable: Check = {
  id: 'ssh/reachable',
  title: 'the host answers over SSH',
  severity: 'error',
  hint: 'Try the same way by hand with `ssh HOST true`, then run `gha check --only ssh` again.',
  judge: judged => eachNode(judged).map(({node, seen}) => ({node: node.name, ...judgeAccess(seen.access)})),
}

function judgeAccess(access: Access): Outcome {
  if (access.status === 'reached') return passed(`through ${access.transport}`)
  if (access.status === 'powerless') return passed('logged in')
  const {message, hint, exit} = access.failure
  return failed(message, {...(hint ? {hint} : {}), ...(exit === 'authentication' ? {cause: exit} : {})})
}
