import {Secret} from './secret.ts'

/** Every secret that stands anywhere in a value. */
export function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : []
}
