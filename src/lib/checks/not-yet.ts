import type {About} from './check.ts'

/** Why nothing can run on this node yet; undefined where something should, or where nobody knows. */
export function notYet({seen}: About): string | undefined {
  if (seen.service.known && seen.service.value.process) return undefined
  if (seen.package.known && !seen.package.value.installed) return 'not installed yet'
  const applied = !seen.state.known || seen.state.value.release !== undefined
  return applied || !seen.service.known ? undefined : 'not started yet'
}

/** Why there is no running Grafana to look at; that it should run is what `service/running` says. */
export function notRunning(about: About): string | undefined {
  const {service} = about.seen
  return notYet(about) ?? (service.known && !service.value.process ? 'it does not run' : undefined)
}
