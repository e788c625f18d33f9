// urql: fetchExchange, persistedExchange, subscriptions over events and over graphql-ws.
import assert from 'node:assert/strict'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import { createClient } from 'graphql-ws'
import {
  DEFERRED, FACETS, INVALID, PARTIAL, STATION, STATION_NAME, VIEWER, codesOf, versionOf, watched,
} from '../server.mjs'

function clientOf(server, { fetch, exchanges = [fetchExchange], headers, ...more } = {}) {
  const fetchOptions = { headers: { ...server.headers, ...headers } }
  return new Client({ url: server.url, exchanges, fetchOptions, fetch, preferGetMethod: false, ...more })
}

/** All results of a subscription, to its end. */
function subscribed(client, text, variables, onAnswer) {
  return new Promise((resolve, reject) => {
    let last
    client.subscription(text, variables).subscribe((result) => {
      last = result
      if (result.error) reject(result.error)
      else if (result.data) onAnswer({ data: result.data })
      if (!result.hasNext) resolve(last)
    })
  })
}

export const urql = {
  name: 'urql',
  version: versionOf('@urql/core'),

  async query(server) {
    const fetch = server.recording()
    const { data, error } = await clientOf(server, { fetch }).query(STATION_NAME, { id: STATION })
    assert.equal(error, undefined)
    assert.equal(data.station.id, STATION)
    assert.match(fetch.seen[0].type, /json/) // it lists text/event-stream, and means JSON
  },

  async persisted(server) {
    const text = `query PersistedByUrql${process.pid} { now }`
    const fetch = server.recording()
    const exchanges = () => [persistedExchange({ preferGetForPersistedQueries: false }), fetchExchange]
    for (let turn = 0; turn < 2; turn += 1) {
      const { data, error } = await clientOf(server, { fetch, exchanges: exchanges() }).query(text, {})
      assert.equal(error, undefined)
      assert.ok(data.now)
    }
    const texts = fetch.seen.map((request) => Boolean(request.body.query))
    assert.deepEqual(texts, [false, true, false])
  },

  async get(server) {
    const fetch = server.recording()
    const client = clientOf(server, { fetch, preferGetMethod: 'force' })
    const { data } = await client.query(FACETS, {})
    assert.ok(data.stationFacets.brands.length > 0)
    assert.equal(fetch.seen[0].method, 'GET')
  },

  async subscription(server) {
    const events = clientOf(server, { fetchSubscriptions: true })
    await watched(server, (text, variables, onAnswer) => subscribed(events, text, variables, onAnswer))
    const socket = createClient({
      url: server.socketUrl,
      webSocketImpl: server.Socket,
      connectionParams: { Authorization: server.authorization },
    })
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
    })
    const carried = clientOf(server, { exchanges: [subscriptionExchange({ forwardSubscription })] })
    await watched(server, (text, variables, onAnswer) => subscribed(carried, text, variables, onAnswer))
    await socket.dispose()
  },

  async defer(server) {
    // As it asks by itself: one whole answer. Named by a header: in parts.
    const whole = server.recording()
    const { data, error } = await clientOf(server, { fetch: whole }).query(DEFERRED, { id: STATION })
    assert.equal(error, undefined)
    assert.ok(data.station.address.length > 0)
    assert.match(whole.seen[0].type, /json/)
    const parted = server.recording()
    const headers = { Accept: 'multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json' }
    const results = await new Promise((resolve, reject) => {
      const seen = []
      clientOf(server, { fetch: parted, headers })
        .query(DEFERRED, { id: STATION })
        .subscribe((result) => {
          if (result.error) reject(result.error)
          seen.push(structuredClone(result.data.station))
          if (!result.hasNext) resolve(seen)
        })
    })
    assert.match(parted.seen[0].type, /^multipart\/mixed/)
    assert.equal(results[0].address, undefined)
    assert.ok(results.at(-1).address.length > 0)
  },

  async errors(server) {
    const client = clientOf(server)
    const invalid = await client.query(INVALID, {})
    assert.deepEqual(codesOf(invalid.error.graphQLErrors), ['GRAPHQL_VALIDATION_FAILED'])
    const partial = await client.query(PARTIAL, { id: STATION })
    assert.equal(partial.data.station.id, STATION)
    assert.deepEqual(codesOf(partial.error.graphQLErrors), ['BAD_PAGE_SIZE'])
    const stranger = clientOf(server, { headers: { Authorization: 'Bearer no' } })
    const refused = await stranger.query(VIEWER, {})
    assert.deepEqual(codesOf(refused.error.graphQLErrors), ['TOKEN_INVALID'])
  },
}
