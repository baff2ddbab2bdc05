/** Shell functions over whatever runs Grafana on the node, so that the script around them need not know. */
export interface ServiceControl {
  /** Defines `service_stop`, `service_stay_down`, `service_restart`, `service_patient`, `service_hold`, `service_release`, `service_group`. */
  readonly functions: string
  /** Shell text that makes the dead man run `$state/revert.sh` after so many seconds; survives a reboot where it can. */
  readonly armTimer: (seconds: number) => string
  /** Shell text that wakes the dead man at the time that stands in `$state/armed` now, or somewhat later. */
  readonly rearmTimer: string
  /** The same, for the dead man himself who was woken too early. */
  readonly sleepOn: string
  readonly disarmTimer: string
}
