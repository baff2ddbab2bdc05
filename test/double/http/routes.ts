import type {Grafana} from '../grafana.ts'
import * as api from './api.ts'
import {addDatasource, datasourceHealth, listDatasources} from './datasources.ts'
import {metrics} from './metrics.ts'
import {application, login, loginPage, logout} from './pages.ts'
import {listPlugins} from './plugins.ts'
import type {Exchange} from './reply.ts'

export interface Route {
  readonly method: string
  readonly path: string | RegExp
  /** Who may use it; `maybe` looks for a session but needs none. */
  readonly for: 'anyone' | 'maybe' | 'user' | 'admin'
  readonly answer: (grafana: Grafana, exchange: Exchange) => void | Promise<void>
}

export const ROUTES: readonly Route[] = [
  {method: 'GET', path: '/metrics', for: 'anyone', answer: metrics},
  {method: 'GET', path: '/login', for: 'maybe', answer: loginPage},
  {method: 'POST', path: '/login', for: 'anyone', answer: login},
  {method: 'GET', path: '/logout', for: 'anyone', answer: logout},
  {method: 'GET', path: '/api/user', for: 'user', answer: api.currentUser},
  {method: 'GET', path: '/api/org', for: 'user', answer: api.currentOrg},
  {method: 'GET', path: '/api/admin/settings', for: 'admin', answer: api.adminSettings},
  {method: 'GET', path: '/api/admin/stats', for: 'admin', answer: api.adminStats},
  {method: 'GET', path: '/api/frontend/settings', for: 'maybe', answer: api.frontendSettings},
  {method: 'GET', path: '/api/datasources', for: 'user', answer: listDatasources},
  {method: 'POST', path: '/api/datasources', for: 'admin', answer: addDatasource},
  {method: 'GET', path: /^\/api\/datasources\/uid\/[^/]+\/health$/, for: 'user', answer: datasourceHealth},
  {method: 'GET', path: '/api/plugins', for: 'user', answer: listPlugins},
  {method: 'GET', path: '/api/search', for: 'user', answer: api.search},
  {method: 'GET', path: '/api/dashboards/home', for: 'user', answer: api.homeDashboard},
  {method: 'GET', path: /^\/api\/dashboards\/uid\/[^/]+$/, for: 'user', answer: api.dashboard},
  {method: 'POST', path: '/api/dashboards/db', for: 'user', answer: api.saveDashboard},
  {method: 'POST', path: '/api/ds/query', for: 'user', answer: api.queryData},
  {method: 'GET', path: /^\/(?!api\/|public\/)/, for: 'maybe', answer: application},
]

export function routeOf(method: string, path: string): Route | undefined {
  return ROUTES.find(
    route => route.method === method && (typeof route.path === 'string' ? route.path === path : route.path.test(path)),
  )
}
