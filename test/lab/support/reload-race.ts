/**
 * A lost request of nginx's own: its reload closes idle connections, maybe while a request comes in, and no client may
 * send a POST again.
 */
export function isReloadRace(line: string): boolean {
  const {method, connection, lost} = JSON.parse(line) as Record<string, unknown>
  return method === 'POST' && connection === 'kept' && lost === 'closed'
}
