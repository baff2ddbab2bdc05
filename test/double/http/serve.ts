import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Grafana} from '../grafana.ts'
import {asset} from './assets.ts'
import {Health, healthz} from './health.ts'
import {type Identity, identify} from './identify.ts'
import {type Exchange, json, redirect, refuse} from './reply.ts'
import {type Route, routeOf} from './routes.ts'
import {clearSessionCookie, cookieName, readCookies} from './session-cookie.ts'
import {type Site, siteOf} from './site.ts'

/** Answers one request; monitoring comes before every redirect and check. */
export function handler(grafana: Grafana): (request: IncomingMessage, response: ServerResponse) => void {
  const health = new Health(grafana)
  const site = siteOf(grafana.settings)
  return (request, response) => {
    const started = performance.now()
    grafana.telemetry.inFlight++
    response.once('close', () => finish(grafana, response, started))
    dispatch({grafana, health, site}, request, response).catch(error => {
      grafana.log.error('context', 'Request error', {error: error instanceof Error ? error.message : String(error)})
      if (!response.headersSent) refuse(response, {status: 500, message: 'Internal Server Error'})
    })
  }
}

interface Server {
  readonly grafana: Grafana
  readonly health: Health
  readonly site: Site
}

async function dispatch(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {grafana, site} = server
  const url = new URL(request.url ?? '/', 'http://localhost')
  const path = pathBelow(site, url.pathname)
  if (path === undefined) return redirect(response, site.rootUrl.origin + site.subPath + url.pathname, 301)
  const cookies = readCookies(request.headers.cookie)
  const exchange: Exchange = {request, response, path, query: url.searchParams, cookies, user: undefined}
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
  const early = method === 'GET' ? beforeChecks(server, path) : undefined
  if (early) return early(exchange)
  if (path !== '/metrics' && isOtherDomain(grafana, request)) return redirect(response, site.rootUrl.toString(), 301)
  return answer(grafana, routeOf(method, path) ?? NO_ROUTE, exchange)
}

function beforeChecks(
  {grafana, health, site}: Server,
  path: string,
): ((exchange: Exchange) => void | Promise<void>) | undefined {
  if (path.startsWith('/public/')) return exchange => asset({grafana, subPath: site.subPath}, exchange)
  if (path === '/healthz') return healthz
  return path === '/api/health' ? exchange => health.answer(exchange) : undefined
}

const NO_ROUTE: Route = {
  method: '*',
  path: /./,
  for: 'anyone',
  answer: (_grafana, {response}) => json(response, 404, {message: 'Not found'}),
}

async function answer(grafana: Grafana, route: Route, exchange: Exchange): Promise<void> {
  if (route.for === 'anyone') return route.answer(grafana, exchange)
  const identity = await identify(grafana, exchange.request, exchange.cookies)
  if (identity.kind === 'user') {
    if (route.for === 'admin' && !identity.user.isAdmin)
      return refuse(exchange.response, {status: 403, message: 'Permission denied'})
    return route.answer(grafana, {...exchange, user: identity.user})
  }
  if (route.for === 'maybe') return route.answer(grafana, exchange)
  refuseStranger(grafana, exchange, identity)
}

function refuseStranger(grafana: Grafana, {response, cookies}: Exchange, identity: Identity): void {
  if (cookies.has(cookieName(grafana.settings))) clearSessionCookie(response, grafana.settings)
  const refusal = identity.kind === 'refused' ? identity : {message: 'Unauthorized', messageId: 'auth.unauthorized'}
  refuse(response, {status: 401, message: refusal.message, messageId: refusal.messageId})
}

/** Undefined when the site lives below a sub-path and this request does not. */
function pathBelow({subPath, isServedFromSubPath}: Site, path: string): string | undefined {
  if (!isServedFromSubPath || subPath === '') return path
  if (path === subPath) return '/'
  return path.startsWith(`${subPath}/`) ? path.slice(subPath.length) : undefined
}

function isOtherDomain({settings}: Grafana, request: IncomingMessage): boolean {
  if (!settings.on('server', 'enforce_domain')) return false
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  return host !== settings.text('server', 'domain')
}

function finish(grafana: Grafana, response: ServerResponse, started: number): void {
  const {telemetry, settings, log} = grafana
  const {method = 'GET', url = '/'} = response.req
  const path = url.split('?')[0] ?? '/'
  const route = path === '/api/health' || path === '/healthz' ? path : routeOf(method, path)?.path
  telemetry.inFlight--
  const duration = (performance.now() - started) / 1000
  const name = typeof route === 'string' ? route : path.startsWith('/public/') ? 'public-assets' : 'notfound'
  telemetry.request({handler: name, method, status: response.statusCode}, duration)
  if (!settings.on('server', 'router_logging') && response.statusCode < 500) return
  const fields = {method, path, status: response.statusCode, duration: `${(duration * 1000).toFixed(3)}ms`}
  log.info('context', 'Request Completed', fields)
}
