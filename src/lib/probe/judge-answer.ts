import {readHealth} from '../facts/health.ts'
import type {HttpResponse} from '../ports/http.ts'
import type {Lost, Question} from './sample.ts'

/** Longer than this and a user has given up. */
export const PATIENCE_SECONDS = 5

/** Why a user would have noticed this answer; undefined when all is well. */
export function judgeAnswer(question: Question, answer: HttpResponse): Lost | undefined {
  if (answer.status >= 500) return 'server error'
  if (question === 'health') return readHealth(answer).known ? undefined : 'not Grafana'
  return question !== 'login page' && isSentToLogin(answer) ? 'sent to login' : undefined
}

/** 401, or the page to log in, wherever it is served. */
export function isSentToLogin({status, headers}: HttpResponse): boolean {
  if (status === 401) return true
  return status >= 300 && status < 400 && /\/login(?:[?#]|$)/.test(String(headers['location'] ?? ''))
}
