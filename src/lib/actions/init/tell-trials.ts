import type {Ui} from '../../ports/ui.ts'
import type {Trial} from './try.ts'

export function tellTrials(trials: readonly Trial[], ui: Pick<Ui, 'say'>): void {
  for (const {outcome, text} of trials) ui.say(`${outcome === 'passed' ? '✓' : '✗'} ${text}`)
}
