import type {LoadBalancer} from '../model/load-balancer.ts'
import type {Archives} from './archives.ts'
import type {Balancer} from './balancer.ts'
import type {Caches} from './cache.ts'
import type {Databases} from './database.ts'
import type {Dumps} from './dumps.ts'
import type {HookPrograms} from './hook-programs.ts'
import type {Dialler, Hosts} from './host.ts'
import type {Http} from './http.ts'
import type {JournalFile} from './journal.ts'
import type {Clock, Env, Files, Identity, Programs} from './local.ts'
import type {Ui} from './ui.ts'

/** The outside world as actions get it; cli/context.ts fills it with adapters. */
export interface Ports {
  /** This machine's own place in the network. */
  readonly here: Dialler
  readonly hosts: Hosts
  readonly databases: Databases
  readonly caches: Caches
  readonly dumps: Dumps
  readonly archives: Archives
  readonly http: Http
  readonly files: Files
  readonly env: Env
  readonly programs: Programs
  readonly hookPrograms: HookPrograms
  readonly clock: Clock
  readonly identity: Identity
  readonly ui: Ui
  /** A run's journal in a folder of this machine, for the copy beside gha.yaml. */
  readonly journal: (folder: string, run: string) => JournalFile
  readonly balancer: (loadBalancer: LoadBalancer) => Balancer
}
