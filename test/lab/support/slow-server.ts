import {readFileSync} from 'node:fs'
import {namespaceFile} from '../layout.ts'
import {processesIn, signal} from '../processes.ts'
import type {LabCluster} from './cluster.ts'

const FROZEN_MS = 400
const AWAKE_MS = 100

/** PostgreSQL gets to work for a moment twice a second. Gives back what ends that. */
export function slowDown({lab}: LabCluster): () => Promise<void> {
  const all = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of processesIn([namespaceFile(lab.name, 'servers')]).filter(isPostgres)) signal(pid, name)
  }
  const freezing = setInterval(() => {
    all('SIGSTOP')
    setTimeout(() => all('SIGCONT'), FROZEN_MS)
  }, FROZEN_MS + AWAKE_MS)
  return async () => {
    clearInterval(freezing)
    all('SIGCONT')
  }
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres'
  } catch {
    return false
  }
}
