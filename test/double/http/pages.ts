import {closeSession, openSession} from '../auth/sessions.ts'
import type {Grafana} from '../grafana.ts'
import {address, checkPassword} from './identify.ts'
import {type Exchange, html, json, jsonBody, redirect, refuse} from './reply.ts'
import {clearSessionCookie, cookieName, setRedirectCookie, setSessionCookie} from './session-cookie.ts'
import {siteOf} from './site.ts'

export function loginPage(grafana: Grafana, {response, user}: Exchange): void {
  if (user) redirect(response, `${siteOf(grafana.settings).subPath}/`)
  else html(response, 200, page(grafana, false))
}

export async function login(grafana: Grafana, {request, response}: Exchange): Promise<void> {
  if (grafana.faults.has('login-broken')) return refuse(response, {status: 500, message: 'Internal Server Error'})
  const {user = '', password = ''} = await jsonBody(request)
  const identity = await checkPassword(grafana, {
    login: String(user),
    password: String(password),
    address: address(request),
  })
  if (identity.kind === 'refused')
    return refuse(response, {status: 401, message: identity.message, messageId: identity.messageId})
  if (identity.kind === 'nobody') return refuse(response, {status: 401, message: 'Unauthorized'})
  const token = await openSession(grafana.database, grafana.secretKey, {
    userId: identity.user.id,
    agent: request.headers['user-agent'] ?? '',
    address: address(request),
  })
  setSessionCookie(response, grafana.settings, token)
  grafana.log.info('http.server', 'Successful Login', {User: identity.user.email})
  json(response, 200, {message: 'Logged in', redirectUrl: `${siteOf(grafana.settings).subPath}/`})
}

export async function logout(grafana: Grafana, {response, cookies}: Exchange): Promise<void> {
  const token = cookies.get(cookieName(grafana.settings))
  if (token) await closeSession(grafana.database, grafana.secretKey, token)
  clearSessionCookie(response, grafana.settings)
  redirect(response, `${siteOf(grafana.settings).subPath}/login`)
}

/** Every page of the application is the same HTML; without a session it is the way to the login. */
export function application(grafana: Grafana, {request, response, user, cookies}: Exchange): void {
  if (user) {
    html(response, 200, page(grafana, true))
    return
  }
  if (cookies.has(cookieName(grafana.settings))) clearSessionCookie(response, grafana.settings)
  const {subPath} = siteOf(grafana.settings)
  setRedirectCookie(response, grafana.settings, `${subPath}${request.url ?? '/'}`)
  redirect(response, `${subPath}/login`)
}

function page({release, settings}: Grafana, isSignedIn: boolean): string {
  const {subPath} = siteOf(settings)
  const links = release.assets.map(name =>
    name.endsWith('.css')
      ? `<link rel="stylesheet" href="${subPath}/public/build/${name}">`
      : `<script nonce="" src="${subPath}/public/build/${name}" type="text/javascript"></script>`,
  )
  const boot = JSON.stringify({
    user: {isSignedIn, orgId: isSignedIn ? 1 : 0},
    settings: {
      appSubUrl: subPath,
      buildInfo: {version: release.version, commit: release.commit, edition: 'Open Source'},
    },
  })
  return `<!DOCTYPE html>
<html lang="en-US">
<head><meta charset="utf-8"><title>Grafana</title><base href="${subPath}/">
${links.filter(link => link.startsWith('<link')).join('\n')}
</head>
<body class="app-grafana"><div id="reactRoot"></div>
<script nonce="">window.grafanaBootData = ${boot};</script>
${links.filter(link => link.startsWith('<script')).join('\n')}
</body>
</html>
`
}
