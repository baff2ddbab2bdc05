import type {Identity} from '../ports/local.ts'

/** `ann@desk`. */
export function operatorOf({user, hostname}: Pick<Identity, 'user' | 'hostname'>): string {
  return `${user}@${hostname}`
}
