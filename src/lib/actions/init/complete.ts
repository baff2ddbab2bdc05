import {GhaError} from '../../errors/gha-error.ts'
import type {BalancerAnswer, DatabaseAnswer, InitAnswers, InitWish} from './wish.ts'

/** Offered, and taken where nobody can be asked. */
export const USUAL = {name: 'grafana', version: '12.1.0', method: 'apt'} as const

/** The usual answers where none was given. @throws GhaError when nodes or database are missing */
export function completeAnswers(wish: InitWish): InitAnswers {
  const {nodes, database} = wish
  if (!nodes || nodes.length === 0) throw missing('no nodes were given', 'gf1=10.0.0.11 gf2=10.0.0.12')
  if (!database) throw missing('no database was given', '--database postgres://grafana@db.example.com:5432/grafana')
  return filled(wish, nodes, database)
}

function filled(wish: InitWish, nodes: InitAnswers['nodes'], database: DatabaseAnswer): InitAnswers {
  const balancer = wish.balancer ?? {type: 'none'}
  return {
    name: USUAL.name,
    version: USUAL.version,
    method: USUAL.method,
    rootUrl: usualRootUrl(nodes[0]?.host ?? 'localhost', balancer),
    ...wish,
    nodes,
    database,
    balancer,
  }
}

/** A first guess: the balancer, or the only node. */
export function usualRootUrl(firstHost: string, balancer: BalancerAnswer): string {
  const host = balancer.type === 'none' ? undefined : balancer.hosts[0]
  return host === undefined ? `http://${inUrl(firstHost)}:3000/` : `http://${inUrl(host)}/`
}

function inUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function missing(message: string, example: string): GhaError {
  return new GhaError(message, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was written.',
    hint: `Run \`gha init\` on a terminal to be asked, or give them: \`gha init … ${example}\`.`,
  })
}
