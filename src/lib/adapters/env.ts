import process from 'node:process'
import type {Env} from '../ports/local.ts'

export function processEnv(): Env {
  return {get: name => process.env[name]}
}
