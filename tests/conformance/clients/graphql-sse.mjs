// graphql-sse: "distinct connections mode", one request for each operation.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-sse'
import { DEFERRED, INVALID, STATION, STATION_NAME, VIEWER, codesOf, versionOf, watched } from '../server.mjs'

function clientOf(server, headers = server.headers) {
  return createClient({ url: server.url, headers, retryAttempts: 0 })
}

function subscribed(client, query, variables, next) {
  return new Promise((resolve, reject) => {
    client.subscribe({ query, variables }, { next, error: reject, complete: resolve })
  })
}

async function answers(server, query, variables) {
  const seen = []
  await subscribed(clientOf(server), query, variables, (answer) => seen.push(answer))
  return seen
}

export const graphqlSse = {
  name: 'graphql-sse',
  version: versionOf('graphql-sse'),

  async query(server) {
    const seen = await answers(server, STATION_NAME, { id: STATION })
    assert.equal(seen.length, 1)
    assert.equal(seen[0].data.station.id, STATION)
  },

  async subscription(server) {
    const client = clientOf(server)
    await watched(server, (...asked) => subscribed(client, ...asked))
  },

  async defer(server) {
    const [answer] = await answers(server, DEFERRED, { id: STATION })
    assert.ok(answer.data.station.address.length > 0)
  },

  async errors(server) {
    for (const [headers, query, statuses] of [
      [server.headers, INVALID, [400, 422]], // by the edition of the specification
      [{ Authorization: 'Bearer no' }, VIEWER, [401]],
    ]) {
      await assert.rejects(subscribed(clientOf(server, headers), query, {}, assert.fail), (fault) => {
        assert.ok(statuses.includes(fault.response?.status), String(fault))
        return true
      })
    }
    const [bad] = await answers(server, '{ stations(first: 1000) { edges { node { id } } } }', {})
    assert.deepEqual(codesOf(bad.errors), ['BAD_PAGE_SIZE'])
  },
}
