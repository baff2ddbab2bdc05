import {setTimeout as sleep} from 'node:timers/promises'
import type {Grafana} from '../grafana.ts'
import {type Exchange, send, text} from './reply.ts'

const KEPT_MS = 5000
const OTHER_VERSION = '0.0.1'

/** Asks the database at most every five seconds. */
export class Health {
  private readonly grafana: Grafana
  private asked: {at: number; answer: Promise<boolean>} | undefined

  constructor(grafana: Grafana) {
    this.grafana = grafana
  }

  async answer({response}: Exchange): Promise<void> {
    const {faults, settings, release} = this.grafana
    await sleep((faults.get('slow-health') ?? 0) * 1000)
    const healthy = (await this.isDatabaseHealthy()) && !faults.has('failing-health')
    const build = {version: shownVersion(this.grafana), commit: release.commit}
    const shown = settings.on('auth.anonymous', 'hide_version') ? {} : build
    const body = JSON.stringify({database: healthy ? 'ok' : 'failing', ...shown}, undefined, 2)
    send(response, {status: healthy ? 200 : 503, type: 'application/json; charset=UTF-8', body})
  }

  private isDatabaseHealthy(): Promise<boolean> {
    if (this.asked && Date.now() - this.asked.at < KEPT_MS) return this.asked.answer
    const answer = this.grafana.database.query('SELECT 1').then(
      () => true,
      () => false,
    )
    this.asked = {at: Date.now(), answer}
    return answer
  }
}

export function healthz({response}: Exchange): void {
  text(response, 200, 'Ok')
}

export function shownVersion({faults, release}: Grafana): string {
  return faults.has('wrong-version') ? OTHER_VERSION : release.version
}
