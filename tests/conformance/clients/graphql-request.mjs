// graphql-request: one answer for each request, by POST or GET.
import assert from 'node:assert/strict'
import { ClientError, GraphQLClient } from 'graphql-request'
import {
  DEFERRED, FACETS, INVALID, PARTIAL, STATION, STATION_NAME, VIEWER, codesOf, versionOf,
} from '../server.mjs'

const clientOf = (server, more = {}) => new GraphQLClient(server.url, { headers: server.headers, ...more })

async function refusal(promise) {
  try {
    await promise
  } catch (fault) {
    assert.ok(fault instanceof ClientError, String(fault))
    return fault.response
  }
  return assert.fail('it was answered')
}

export const graphqlRequest = {
  name: 'graphql-request',
  version: versionOf('graphql-request'),

  async query(server) {
    const { station } = await clientOf(server).request(STATION_NAME, { id: STATION })
    assert.equal(station.id, STATION)
  },

  async get(server) {
    const fetch = server.recording()
    const { stationFacets } = await clientOf(server, { method: 'GET', fetch }).request(FACETS)
    assert.ok(stationFacets.brands.length > 0)
    assert.equal(fetch.seen[0].method, 'GET')
  },

  async defer(server) {
    const { station } = await clientOf(server).request(DEFERRED, { id: STATION })
    assert.ok(station.address.length > 0)
  },

  async errors(server) {
    const client = clientOf(server)
    const invalid = await refusal(client.request(INVALID))
    assert.deepEqual(codesOf(invalid.errors), ['GRAPHQL_VALIDATION_FAILED'])
    const partial = await refusal(client.request(PARTIAL, { id: STATION }))
    assert.equal(partial.data.station.id, STATION)
    assert.deepEqual(codesOf(partial.errors), ['BAD_PAGE_SIZE'])
    const stranger = clientOf(server, { headers: { Authorization: 'Bearer no' } })
    const refused = await refusal(stranger.request(VIEWER))
    assert.equal(refused.status, 401)
    assert.deepEqual(codesOf(refused.errors), ['TOKEN_INVALID'])
  },
}
