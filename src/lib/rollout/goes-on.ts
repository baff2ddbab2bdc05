import type {Run} from './run.ts'

/** How often a run that waits looks whether it is to go on. */
const LOOK_MILLISECONDS = 2000

/**
 * Between two nodes: whether the next may begin. While somebody has asked to pause it waits, the lock kept; a run that
 * loses its lock meanwhile goes on to where that is refused.
 */
export async function goesOn(run: Run): Promise<boolean> {
  if (run.stopRequested()) return false
  if (!isPaused(run)) return true
  const {by = '', reason = ''} = run.lock.mail.heard ?? {}
  await run.journal.append({type: 'paused', detail: `by ${by}${reason ? `: ${reason}` : ''}`})
  run.progress({
    type: 'note',
    text: `Paused by ${by}${reason ? ` (${reason})` : ''}: no node is under way, the lock is kept. \`gha rollout resume\` goes on, \`gha rollout stop\` ends it.`,
  })
  while (isPaused(run) && !run.stopRequested() && run.lock.lost() === undefined) {
    await run.ports.clock.sleep(LOOK_MILLISECONDS)
    await run.lock.renew()
  }
  if (run.stopRequested()) return false
  if (run.lock.lost() !== undefined) return true
  const resumer = run.lock.mail.heard?.by ?? ''
  await run.journal.append({type: 'resumed', detail: `by ${resumer}`})
  run.progress({type: 'note', text: `Going on, as asked by ${resumer}.`})
  return true
}

function isPaused({lock}: Run): boolean {
  return lock.mail.heard?.wish === 'pause'
}
