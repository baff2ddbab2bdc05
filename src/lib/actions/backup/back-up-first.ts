import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {BackupPolicy} from '../../model/backup.ts'
import {formatVersion} from '../../model/version.ts'
import type {UnstagedRun} from '../../rollout/run.ts'
import type {Backup} from './backup.ts'
import {backupSentence} from './backup-sentence.ts'
import {noBackup} from './no-backup.ts'
import {takeDump} from './take-dump.ts'
import {takeSnapshot} from './take-snapshot.ts'

const LOOK_MILLISECONDS = 200

/**
 * Before the first node: the copy that the plan asks for, its id in the run's journal. Undefined where none is needed or
 * wished, or the run was asked to stop meanwhile.
 * @throws GhaError with what failed: without a backup nothing begins
 */
export async function backUpFirst(run: UnstagedRun): Promise<Backup | undefined> {
  const {plan, journal, progress} = run
  const policy = plan.backup
  if (policy === undefined) return undefined
  if (policy.method === 'skip') {
    await journal.append({type: 'step-done', step: 'backup', detail: 'none, by --skip-backup'})
    return undefined
  }
  progress({
    type: 'note',
    text: policy.method === 'dump' ? 'backup: copying the database' : `backup: ${policy.words[0]} copies the database`,
  })
  await journal.append({type: 'step-started', step: 'backup'})
  try {
    const backup = await copied(run, policy)
    const detail = backup ? backupSentence(backup) : STOPPED[policy.method]
    await journal.append({type: backup ? 'step-done' : 'step-failed', step: 'backup', detail})
    progress({type: 'note', text: `backup: ${detail}`})
    return backup
  } catch (error) {
    await journal.append({type: 'step-failed', step: 'backup', detail: messageOf(error)})
    throw noBackup(error, 'No Grafana was touched.')
  }
}

const STOPPED = {
  dump: 'stopped, and nothing is kept of it',
  command: 'its command was stopped; what that keeps is its own',
} as const

async function copied(run: UnstagedRun, policy: Exclude<BackupPolicy, {method: 'skip'}>): Promise<Backup | undefined> {
  const {cluster, ports} = run
  const watch = watching(run)
  const {signal} = watch
  try {
    if (policy.method === 'command') return await takeSnapshot(cluster, ports.programs, {words: policy.words, signal})
    return await takeDump(cluster, ports, {directory: policy.directory, reason: reasonOf(run), signal})
  } catch (error) {
    if (run.stopRequested()) return undefined
    throw lostLock(run) ?? error
  } finally {
    watch.over()
  }
}

function lostLock({lock}: UnstagedRun): GhaError | undefined {
  const lost = lock.lost()
  return lost === undefined
    ? undefined
    : new GhaError(lost, {code: 'LOCK_LOST', exit: 'locked', hint: 'Look at the cluster with `gha status`.'})
}

/** Aborts when the run is asked to stop, or must not go on. */
function watching({stopRequested, lock}: UnstagedRun): {readonly signal: AbortSignal; readonly over: () => void} {
  const controller = new AbortController()
  const timer = setInterval(() => {
    if (stopRequested() || lock.lost() !== undefined) controller.abort()
  }, LOOK_MILLISECONDS)
  return {signal: controller.signal, over: () => clearInterval(timer)}
}

function reasonOf({plan, lock}: UnstagedRun): string {
  const from = plan.from ? `${formatVersion(plan.from)} → ` : ''
  return `${plan.verb} ${from}${formatVersion(plan.to)}, run ${lock.lease.run}`
}
