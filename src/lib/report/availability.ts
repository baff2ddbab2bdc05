import {type Availability, type Stretch, shareAnswered} from '../probe/availability.ts'
import {columns} from './columns.ts'
import {secondsText} from './seconds-text.ts'

/** What users got, and from where that was seen. */
export interface ShownUsers {
  readonly where: string
  readonly availability: Availability
}

export function availabilityText({where, availability}: ShownUsers): string {
  const {total, before, during, after, unseen} = availability
  const lost = lossTexts(availability)
  return [
    `What users got (${where}): ${answeredText(total)} of ${total.requests} requests answered, worst gap ${gapText(availability)}${lost.length > 0 ? `; lost: ${lost.join(', ')}` : ''}`,
    ...columns([
      ['', 'requests', 'lost', 'p50', 'p99'],
      ...Object.entries({before, during, after}).map(([name, stretch]) => [name, ...stretchCells(stretch)]),
    ]).map(line => `  ${line}`),
    ...(unseen > 0 ? [`  ${unseen} more could not be seen from there`] : []),
  ].join('\n')
}

export function availabilityDocument({where, availability}: ShownUsers): Record<string, unknown> {
  return {where, availability: shareAnswered(availability.total), ...availability}
}

/** Rounded down: 100 % is said of all and of nothing less. */
export function answeredText(stretch: Stretch): string {
  return `${Math.floor(shareAnswered(stretch) * 10_000) / 100} %`
}

export function gapText({worstGapMilliseconds}: Availability): string {
  return secondsText(worstGapMilliseconds)
}

/** `3 × server error`. */
export function lossTexts({lostBy}: Pick<Availability, 'lostBy'>): readonly string[] {
  return Object.entries(lostBy).map(([reason, count]) => `${count} × ${reason}`)
}

export function stretchCells({requests, lost, p50, p99}: Stretch): readonly string[] {
  return [String(requests), String(lost), latencyText(p50), latencyText(p99)]
}

function latencyText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : `${milliseconds} ms`
}
