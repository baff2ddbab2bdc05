import type {ExitName} from '../errors/exit-codes.ts'

interface ShownDrain {
  readonly result: 'drained' | 'undrained' | 'serves' | 'planned' | 'declined'
  readonly node: string
  readonly detail: string
}

export function drainText({result, node, detail}: ShownDrain): string {
  switch (result) {
    case 'drained':
      return `${node} is out of the balancer (${detail}). It stays out until \`gha undrain ${node}\`; when its time is over, \`gha status\` and \`gha check\` say so.`
    case 'undrained':
      return `${node} serves again; it ${detail}.`
    case 'serves':
      return `${node} serves; nothing to do.`
    case 'planned':
      return 'Nothing was changed.'
    case 'declined':
      return 'Cancelled; nothing was changed.'
  }
}

export function drainDocument(shown: ShownDrain): Record<string, unknown> {
  return {schemaVersion: 1, type: 'drain', ...shown}
}

export function drainExit({result}: ShownDrain): ExitName {
  return result === 'declined' ? 'cancelled' : 'ok'
}
