import type {VersionStep} from '../../grafana/version-steps.ts'
import type {Wish} from '../../plan/wish.ts'

/** What an undo goes back to instead of gha.yaml: releases that still lie on their nodes. */
export interface WayBack {
  /** Node → its release from before; nodes that are not named stay as they are. */
  readonly wishes: ReadonlyMap<string, Wish>
  /** The step that is undone: a plan goes by what it was forward. */
  readonly step: VersionStep
}
