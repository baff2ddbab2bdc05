import type {Client} from './login.ts'

export type Pooling = 'session' | 'transaction'

/** A pooler may give a connection the same session again by chance. */
const ROUNDS = 8

/** How a client asks which session of the server it speaks with; the login told `announced`. */
export interface Pooled {
  readonly client: Client
  readonly session: (client: Client) => Promise<unknown>
  readonly announced: unknown
}

/**
 * What hands out sessions between a client and the server; undefined where nothing does. A pooler tells the client a
 * session of its own making at login. One that lends sessions for a transaction lends the one of an idle connection to
 * the next, or gives that connection another.
 */
export async function poolingOf(
  {client, session, announced}: Pooled,
  connect: () => Promise<Client>,
): Promise<Pooling | undefined> {
  const own = await session(client)
  if (announced === undefined || own === announced) return undefined
  const other = await connect()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      if ((await session(client)) !== own) return 'transaction'
      await other.query('BEGIN')
      if ((await session(other)) === own) return 'transaction'
      other.query('ROLLBACK').catch(() => undefined)
    }
    return 'session'
  } catch (error) {
    // A pool that lends a session for one statement allows no transaction at all.
    if (error instanceof Error && /statement pooling/i.test(error.message)) return 'transaction'
    throw error
  }
}
