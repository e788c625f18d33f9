// Relay: relay-compiler over schema.graphql, and what it compiled run by relay-runtime. Documents are
// asked for by their hash; their texts stay in the file that the compiler writes.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import relayRuntime from 'relay-runtime'
import { STATION, codesOf, versionOf, watched } from '../server.mjs'

const { Environment, Network, Observable, RecordSource, Store, fetchQuery, getRequest } = relayRuntime
const { createOperationDescriptor, getSingularSelector } = relayRuntime
const here = new URL('..', import.meta.url).pathname
const require = createRequire(import.meta.url)

/** Compiles in a folder of its own: the artifacts' folder, and the texts by hash. */
function compiled() {
  const folder = mkdtempSync(join(tmpdir(), 'youhui-relay-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'src'))
  mkdirSync(join(folder, 'artifacts'))
  cpSync(join(here, 'relay', 'operations.js'), join(folder, 'src', 'operations.js'))
  cpSync(join(here, '..', '..', 'schema.graphql'), join(folder, 'schema.graphql'))
  writeFileSync(join(folder, 'persisted.json'), '{}')
  writeFileSync(join(folder, 'package.json'), '{"type": "commonjs"}')
  writeFileSync(
    join(folder, 'relay.config.json'),
    JSON.stringify({
      src: './src',
      schema: './schema.graphql',
      language: 'javascript',
      artifactDirectory: './artifacts',
      eagerEsModules: false,
      persistConfig: { file: './persisted.json', algorithm: 'SHA256' },
    }),
  )
  execFileSync(process.execPath, [require.resolve('relay-compiler/cli.js'), 'relay.config.json'], {
    cwd: folder,
    stdio: 'pipe',
  })
  const texts = JSON.parse(readFileSync(join(folder, 'persisted.json'), 'utf8'))
  const artifact = (name) => require(join(folder, 'artifacts', `${name}.graphql.js`))
  return { texts, artifact }
}

let made
const compilation = () => (made ??= compiled())

function environmentOf(server, fetch, { method = 'POST', through } = {}) {
  const { texts } = compilation()
  const socket = createClient({
    url: server.socketUrl,
    webSocketImpl: server.Socket,
    connectionParams: { Authorization: server.authorization },
  })
  const send = async (body) => {
    const headers = { ...server.headers, Accept: 'application/graphql-response+json' }
    if (method === 'POST') {
      headers['Content-Type'] = 'application/json'
      return (await fetch(server.url, { method, headers, body: JSON.stringify(body) })).json()
    }
    const address = new URL(server.url)
    for (const [name, value] of Object.entries(body)) {
      address.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    }
    return (await fetch(address, { method, headers })).json()
  }
  const execute = async ({ id }, variables) => {
    const documentId = `sha256:${id}`
    const first = await send({ documentId, variables })
    if (first.errors?.[0]?.extensions.code !== 'PERSISTED_QUERY_NOT_FOUND') return first
    return send({ documentId, query: texts[id], variables })
  }
  const subscribe = ({ id }, variables) =>
    Observable.create((sink) => socket.subscribe({ query: texts[id], variables }, sink))
  const network = Network.create(through ?? execute, subscribe)
  const environment = new Environment({ network, store: new Store(new RecordSource()) })
  return { environment, execute, dispose: () => socket.dispose() }
}

const asked = (environment, name, variables) =>
  fetchQuery(environment, compilation().artifact(name), variables).toPromise()

export const relay = {
  name: 'Relay',
  version: versionOf('relay-runtime'),

  async query(server) {
    const { environment } = environmentOf(server, server.recording())
    const data = await asked(environment, 'operationsQuery', { id: STATION })
    assert.equal(data.station.id, STATION)
    const fragment = compilation().artifact('operationsOffers_station')
    const read = () => environment.lookup(getSingularSelector(fragment, data.station)).data.offers
    const { edges, pageInfo } = read()
    assert.equal(edges.length, 1)
    assert.equal(pageInfo.hasNextPage, true)
    const more = { id: STATION, first: 1, after: pageInfo.endCursor }
    await asked(environment, 'operationsOffersPage', more)
    const titles = new Set(read().edges.map((edge) => edge.node.id))
    assert.equal(titles.size, 2)
  },

  async persisted(server) {
    const fetch = server.recording()
    const name = 'operationsFacetsQuery'
    for (let turn = 0; turn < 2; turn += 1) {
      const { environment } = environmentOf(server, fetch)
      assert.ok((await asked(environment, name, {})).stationFacets.brands.length > 0)
    }
    const texts = fetch.seen.map(({ body }) => body.query !== undefined)
    assert.deepEqual(texts, [false, true, false])
  },

  async get(server) {
    const fetch = server.recording()
    const { environment } = environmentOf(server, fetch, { method: 'GET' })
    const { stationFacets } = await asked(environment, 'operationsFacetsQuery', {})
    assert.ok(stationFacets.brands.length > 0)
    assert.equal(fetch.seen.at(-1).method, 'GET')
  },

  async subscription(server) {
    const { environment, dispose } = environmentOf(server, server.recording())
    const request = getRequest(compilation().artifact('operationsOrderStatusSubscription'))
    await watched(server, (_, variables, onAnswer) => {
      const operation = createOperationDescriptor(request, variables)
      return new Promise((resolve, reject) => {
        environment.executeSubscription({ operation }).subscribe({
          next: onAnswer,
          error: reject,
          complete: resolve,
        })
      })
    })
    await dispose()
  },

  async defer(server) {
    // Relay reads parts of a format of its own; a whole answer it takes once told that it is final.
    const fetch = server.recording()
    const whole = async (...asked) => ({ ...(await execute(...asked)), extensions: { is_final: true } })
    const { environment, execute } = environmentOf(server, fetch, { through: whole })
    const data = await asked(environment, 'operationsDeferredQuery', { id: STATION })
    const fragment = compilation().artifact('operationsAddress_station')
    const { data: station } = environment.lookup(getSingularSelector(fragment, data.station))
    assert.ok(station.address.length > 0)
    assert.match(fetch.seen.at(-1).type, /json/)
  },

  async errors(server) {
    const { environment } = environmentOf(server, server.recording())
    const operation = createOperationDescriptor(
      getRequest(compilation().artifact('operationsInvalidPageQuery')),
      {},
    )
    const answer = await environment.execute({ operation }).toPromise()
    assert.ok(answer.data.now)
    assert.deepEqual(codesOf(answer.errors), ['BAD_PAGE_SIZE'])
  },
}
