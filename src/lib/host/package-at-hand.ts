import {quote, type Script} from '../model/script.ts'
import type {InstallMethod} from './install/method.ts'

/** Whether the host already has what it needs to install the version, so that nothing must be pushed. */
export function packageAtHand(state: string, install: InstallMethod, version: string): Script<boolean> {
  return {
    name: 'look for the package',
    text: `state=${quote(state)}\n${install.functions}\npackage_at_hand ${quote(version)}`,
    mutates: false,
    deadlineSeconds: 30,
    parse: ({exitCode}) => exitCode === 0,
  }
}
