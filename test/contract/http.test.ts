import {once} from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type net from 'node:net'
import type {Duplex} from 'node:stream'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {dialFromHere} from '../../src/lib/adapters/here.ts'
import {createHttp} from '../../src/lib/adapters/http.ts'
import type {HttpRequest} from '../../src/lib/ports/http.ts'
import {type Certificates, makeCertificates} from '../support/certificates.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost} from '../support/local-host.ts'
import {VANTAGE_POINTS} from '../support/vantage-points.ts'

const client = createHttp()
const here = new LocalHost()

const ANSWERS: Readonly<Record<string, http.RequestListener>> = {
  '/hello': (request, response) => response.end(`${request.headers.host} says hello`),
  '/login': (request, response) => response.writeHead(401).end(request.headers.authorization),
  '/echo': async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']).end(`${request.method} ${Buffer.concat(chunks)}`)
  },
  '/short': (request, response) => {
    response.writeHead(200, {'Content-Length': '100'}).write('only this')
    setTimeout(() => request.socket.destroy(), 50)
  },
  '/chunks': (request, response) => {
    response.write('one')
    setTimeout(() => request.socket.destroy(), 50)
  },
  '/silent': () => undefined,
}

const listener: http.RequestListener = (request, response) => ANSWERS[request.url ?? '']?.(request, response)

describe('HTTP over a dialled stream', () => {
  const server = http.createServer(listener)
  let port = 0
  const ask = (request: Partial<HttpRequest>, at = port) =>
    client.request(
      here,
      {destination: {host: '127.0.0.1', port: at}, hostHeader: 'grafana.test'},
      {
        path: '/hello',
        ...request,
      },
    )

  beforeAll(async () => {
    port = await listening(server)
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each(Object.entries(VANTAGE_POINTS))('brings the whole answer from a host: %s', async (_name, reach) => {
    const point = await reach()
    const origin = {destination: {host: '127.0.0.1', port}, hostHeader: 'grafana.test'}
    const answer = await client.request(point.host, origin, {path: '/hello'})
    expect(answer).toMatchObject({status: 200, body: 'grafana.test says hello'})
    expect(answer.milliseconds).toBeGreaterThan(0)
    await point.leave()
  })

  it('sends the headers it is given, and takes any status for an answer', async () => {
    const answer = await ask({path: '/login', headers: {authorization: 'Basic abc'}})
    expect(answer).toMatchObject({status: 401, body: 'Basic abc'})
  })

  it('sends a body, and brings back the headers of the answer', async () => {
    const answer = await ask({method: 'POST', path: '/echo', body: '{"user":"ö"}'})
    expect(answer).toMatchObject({body: 'POST {"user":"ö"}', headers: {'set-cookie': ['a=1; Path=/', 'b=2']}})
  })

  it('answers from this very machine', async () => {
    const origin = {destination: {host: '127.0.0.1', port}, hostHeader: 'grafana.test'}
    const answer = await client.request({dial: dialFromHere}, origin, {path: '/hello'})
    expect(answer.body).toBe('grafana.test says hello')
  })

  it('says from this very machine why there was no way', async () => {
    const to = (host: string, at: number) => dialFromHere({host, port: at})
    await expect(to('127.0.0.1', await freePort())).rejects.toMatchObject({failure: 'refused'})
    await expect(to('nowhere.invalid', 80)).rejects.toMatchObject({failure: 'unresolved'})
    await expect(dialFromHere({socket: '/nowhere'})).rejects.toMatchObject({failure: 'failed'})
  })

  it('rejects an answer that was cut off', async () => {
    await expect(ask({path: '/short'})).rejects.toThrow()
    await expect(ask({path: '/chunks'})).rejects.toThrow()
  })

  it('gives up at its deadline', async () => {
    await expect(ask({path: '/silent', deadlineSeconds: 1})).rejects.toThrow('no answer within 1 s')
  })

  it('holds no stream that was dialled only after its deadline', async () => {
    const {promise, resolve} = Promise.withResolvers<Duplex>()
    const origin = {destination: {host: '127.0.0.1', port}, hostHeader: 'grafana.test'}
    const answer = client.request({dial: () => promise}, origin, {path: '/hello', deadlineSeconds: 0.1})
    await expect(answer).rejects.toThrow('no answer within')
    const late = await dialFromHere({host: '127.0.0.1', port})
    resolve(late)
    await expect.poll(() => late.destroyed).toBe(true)
  })

  it('says refused where nobody listens', async () => {
    await expect(ask({}, await freePort())).rejects.toMatchObject({failure: 'refused'})
  })
})

describe('HTTPS over a dialled stream', () => {
  let certificates: Certificates
  let server: https.Server
  let port = 0
  const ask = (serverName: string, ca?: string) =>
    client.request(
      here,
      {
        destination: {host: '127.0.0.1', port},
        hostHeader: 'grafana.test',
        tls: {serverName, ...(ca === undefined ? {} : {ca})},
      },
      {path: '/hello'},
    )

  beforeAll(async () => {
    certificates = makeCertificates()
    server = https.createServer(certificates, listener)
    port = await listening(server)
  })

  afterAll(() => {
    server.close()
    certificates.remove()
  })

  it('answers when the named authority signed the named server', async () => {
    expect(await ask('localhost', certificates.ca)).toMatchObject({status: 200})
    expect(await ask('127.0.0.1', certificates.ca)).toMatchObject({status: 200})
  })

  it('refuses another name, and an authority that nobody named', async () => {
    await expect(ask('grafana.test', certificates.ca)).rejects.toMatchObject({code: 'ERR_TLS_CERT_ALTNAME_INVALID'})
    await expect(ask('localhost')).rejects.toThrow()
  })
})

async function listening(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
