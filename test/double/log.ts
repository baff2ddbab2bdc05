import {appendFileSync, mkdirSync} from 'node:fs'
import path from 'node:path'
import type {Settings} from './settings.ts'

export type Fields = Readonly<Record<string, string | number | boolean>>
export type Level = 'debug' | 'info' | 'warn' | 'error'

export interface Log {
  readonly info: (logger: string, message: string, fields?: Fields) => void
  readonly warn: (logger: string, message: string, fields?: Fields) => void
  readonly error: (logger: string, message: string, fields?: Fields) => void
}

/** Lines in logfmt, to the console and to `grafana.log`, as [log] mode says. */
export function openLog(settings: Settings): Log {
  const modes = settings.or('log', 'mode', 'console file').split(/[\s,]+/)
  const file = path.join(settings.path('logs'), 'grafana.log')
  if (modes.includes('file')) mkdirSync(path.dirname(file), {recursive: true})
  const write = (level: Level) => (logger: string, message: string, fields?: Fields) => {
    const line = `${logLine({level, logger, message, fields: fields ?? {}})}\n`
    if (modes.includes('console')) process.stdout.write(line)
    if (modes.includes('file')) appendFileSync(file, line, {mode: 0o640})
  }
  return {info: write('info'), warn: write('warn'), error: write('error')}
}

interface Entry {
  readonly level: Level
  readonly logger: string
  readonly message: string
  readonly fields: Fields
}

export function logLine({level, logger, message, fields}: Entry): string {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${quoted(String(value))}`)
  return [
    `logger=${logger}`,
    `t=${new Date().toISOString()}`,
    `level=${level}`,
    `msg=${quoted(message)}`,
    ...pairs,
  ].join(' ')
}

function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}
