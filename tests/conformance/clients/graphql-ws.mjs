// graphql-ws: subscriptions over graphql-transport-ws. Queries go over HTTP, where caches see them.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-ws'
import { INVALID, ORDER_STATUS, codesOf, versionOf, watched } from '../server.mjs'

function clientOf(server, authorization = server.authorization) {
  return createClient({
    url: server.socketUrl,
    webSocketImpl: server.Socket,
    connectionParams: { Authorization: authorization },
    retryAttempts: 0,
  })
}

function subscribed(client, query, variables, next) {
  return new Promise((resolve, reject) => {
    client.subscribe({ query, variables }, { next, error: reject, complete: resolve })
  })
}

export const graphqlWs = {
  name: 'graphql-ws',
  version: versionOf('graphql-ws'),

  async subscription(server) {
    const client = clientOf(server)
    await Promise.all([
      watched(server, (...asked) => subscribed(client, ...asked)),
      watched(server, (...asked) => subscribed(client, ...asked)),
    ])
    await client.dispose()
  },

  async errors(server) {
    const client = clientOf(server)
    const told = []
    for (const query of [INVALID.replace('query', 'subscription'), 'subscription {', '{ now }']) {
      await assert.rejects(subscribed(client, query, {}, assert.fail), (errors) => {
        told.push(...codesOf(errors))
        return true
      })
    }
    assert.deepEqual(told, ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'OPERATION_NOT_SUPPORTED'])
    await client.dispose()
    const stranger = clientOf(server, 'Bearer no')
    await assert.rejects(subscribed(stranger, ORDER_STATUS, { orderId: 'x' }, assert.fail), (closed) => {
      assert.equal(closed.code, 4401)
      return true
    })
  },
}
