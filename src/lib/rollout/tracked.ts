import {messageOf} from '../errors/message-of.ts'
import {holdsLock, type StepName, type Turn} from './run.ts'

interface Named {
  readonly step: StepName
  readonly describe: string
}

/** Whatever is done to a node, forward or back: told and journalled before and after. @throws GhaError `LOCK_LOST`, and what the act throws */
export async function tracked({run, node}: Turn, {step, describe}: Named, act: () => Promise<string>): Promise<void> {
  const started = run.ports.clock.now()
  run.progress({type: 'step-started', node: node.name, step, detail: describe})
  await run.journal.append({type: 'step-started', node: node.name, step})
  try {
    holdsLock(run, node)
    const detail = await act()
    await run.journal.append({type: 'step-done', node: node.name, step, detail})
    run.progress({type: 'step-done', node: node.name, step, milliseconds: run.ports.clock.now() - started, detail})
  } catch (error) {
    const message = messageOf(error)
    await run.journal.append({type: 'step-failed', node: node.name, step, detail: message})
    run.progress({type: 'step-failed', node: node.name, step, message})
    throw error
  }
}
