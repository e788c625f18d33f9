// Apollo Client: HttpLink, automatic persisted queries, GraphQLWsLink, incremental delivery.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient } from 'graphql-ws'
import {
  DEFERRED, FACETS, INVALID, PARTIAL, STATION, STATION_NAME, VIEWER, codesOf, versionOf, watched,
} from '../server.mjs'

const sha256 = async (text) => createHash('sha256').update(text).digest('hex')

function clientOf(link, more = {}) {
  return new ApolloClient({ link, cache: new InMemoryCache(), ...more })
}

function http(server, fetch = undefined, more = {}) {
  return new HttpLink({ uri: server.url, headers: server.headers, fetch, ...more })
}

export const apollo = {
  name: 'Apollo Client',
  version: versionOf('@apollo/client'),

  async query(server) {
    const fetch = server.recording()
    const { data } = await clientOf(http(server, fetch)).query({
      query: gql(STATION_NAME),
      variables: { id: STATION },
    })
    assert.equal(data.station.id, STATION)
    assert.match(fetch.seen[0].type, /^application\/graphql-response\+json/)
  },

  async persisted(server) {
    // A document that nobody sent before: told so, the client repeats it with its text, once.
    const query = gql(`query Persisted${process.pid} { now }`)
    const fetch = server.recording()
    const client = () => clientOf(ApolloLink.from([new PersistedQueryLink({ sha256 }), http(server, fetch)]))
    assert.ok((await client().query({ query })).data.now)
    assert.ok((await client().query({ query })).data.now)
    const texts = fetch.seen.map((request) => request.body.query !== undefined)
    assert.deepEqual(texts, [false, true, false])
  },

  async get(server) {
    const fetch = server.recording()
    const link = ApolloLink.from([
      new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
      http(server, fetch, { useGETForQueries: true }),
    ])
    const { data } = await clientOf(link).query({ query: gql(FACETS) })
    assert.ok(data.stationFacets.brands.length > 0)
    assert.equal(fetch.seen.at(-1).method, 'GET')
  },

  async subscription(server) {
    const socket = createClient({
      url: server.socketUrl,
      webSocketImpl: server.Socket,
      connectionParams: { Authorization: server.authorization },
    })
    const client = clientOf(new GraphQLWsLink(socket))
    await watched(server, (text, variables, onAnswer) =>
      new Promise((resolve, reject) => {
        client.subscribe({ query: gql(text), variables }).subscribe({
          next: onAnswer,
          error: reject,
          complete: resolve,
        })
      }),
    )
    await socket.dispose()
  },

  async defer(server) {
    const fetch = server.recording()
    const client = clientOf(http(server, fetch), { incrementalHandler: new GraphQL17Alpha9Handler() })
    const states = []
    await new Promise((resolve, reject) => {
      client
        .watchQuery({ query: gql(DEFERRED), variables: { id: STATION } })
        .subscribe({
          next(result) {
            if (result.error) reject(result.error)
            if (result.data === undefined) return
            states.push(structuredClone(result.data.station))
            if (result.dataState === 'complete') resolve()
          },
          error: reject,
        })
    })
    assert.match(fetch.seen[0].type, /^multipart\/mixed/)
    assert.equal(states[0].address, undefined)
    assert.ok(states.at(-1).address.length > 0)
    assert.ok(states.at(-1).name.length > 0)
  },

  async errors(server) {
    const client = clientOf(http(server), { defaultOptions: { query: { errorPolicy: 'all' } } })
    const invalid = await client.query({ query: gql(INVALID) })
    assert.ok(CombinedGraphQLErrors.is(invalid.error), String(invalid.error))
    assert.deepEqual(codesOf(invalid.error.errors), ['GRAPHQL_VALIDATION_FAILED'])
    const partial = await client.query({ query: gql(PARTIAL), variables: { id: STATION } })
    assert.equal(partial.data.station.id, STATION)
    assert.deepEqual(codesOf(partial.error.errors), ['BAD_PAGE_SIZE'])
    const stranger = clientOf(
      new HttpLink({ uri: server.url, headers: { Authorization: 'Bearer no' } }),
      { defaultOptions: { query: { errorPolicy: 'all' } } },
    )
    const refused = await stranger.query({ query: gql(VIEWER) })
    assert.deepEqual(codesOf(refused.error.errors), ['TOKEN_INVALID'])
  },
}
