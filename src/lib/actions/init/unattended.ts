import {GhaError} from '../../errors/gha-error.ts'
import {completeAnswers} from './complete.ts'
import {draftCluster} from './draft.ts'
import {newSecret} from './new-secret.ts'
import type {InitPorts, InitRequest, Settled} from './request.ts'
import {tellTrials} from './tell-trials.ts'
import {type Trial, tryCluster} from './try.ts'

/** Answers from arguments alone. Nobody can say that a failed one is meant, so it is refused; `--offline` says that beforehand. */
export async function unattended(request: InitRequest, ports: InitPorts): Promise<Settled> {
  const answers = completeAnswers(request.wish)
  // Stand-ins for the keys that are made once all is known.
  const secrets = {secret_key: newSecret(), secrets_manager_key: newSecret(), ...request.secrets}
  const {cluster} = await draftCluster(answers, {directory: request.directory, secrets}, ports)
  if (request.offline) return {answers, secrets: request.secrets, existing: false}
  const withPassword = request.secrets.database_password !== undefined
  const trials = await tryCluster(cluster, ports, {database: withPassword ? 'try' : 'leave'})
  tellTrials(trials, ports.ui)
  const existing = trials.some(({content}) => content === 'grafana')
  if (existing && request.secrets.secret_key === undefined) throw keyNeeded()
  refuseFailed(trials)
  return {answers, secrets: request.secrets, existing}
}

function refuseFailed(trials: readonly Trial[]): void {
  const failed = trials.filter(({outcome}) => outcome !== 'passed')
  if (failed.length === 0) return
  const onlyLogins = failed.every(({outcome}) => outcome === 'login' || outcome === 'untried')
  throw new GhaError(`what was tried failed for: ${failed.map(({answer}) => answer).join('; ')}`, {
    code: 'ANSWER_FAILED',
    exit: onlyLogins ? 'authentication' : 'preflight',
    unchanged: 'Nothing was written: no gha.yaml, no secrets, no keys.',
    hint: 'Mend what the lines above say, or write the files without trying anything: `--offline`.',
  })
}

function keyNeeded(): GhaError {
  return new GhaError(
    "the database is a Grafana's already: what it holds can only be read with that Grafana's secret_key",
    {
      code: 'SECRET_KEY_NEEDED',
      exit: 'preflight',
      unchanged: 'Nothing was written.',
      hint: 'Take secret_key out of [security] in its grafana.ini, and give it by `--secret-key-file FILE`.',
    },
  )
}
