// What the clients ask of the server, and how they see what went over the wire.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { WebSocket as Socket } from 'ws'

const resolve = createRequire(import.meta.url).resolve

/** The version of an installed package. */
export function versionOf(name) {
  const path = resolve('graphql').replace(/graphql[\\/][^\\/]*$/, `${name}/package.json`)
  return JSON.parse(readFileSync(path, 'utf8')).version
}

export const STATION = 'MXMxMDAwMDAx'
export const FACETS = 'query Facets { stationFacets { brands { code label } } }'
export const STATION_NAME = 'query StationName($id: ID!) { station(id: $id) { id name } }'
export const DEFERRED = `query Deferred($id: ID!) {
  station(id: $id) { id name ...Address @defer(label: "address") }
}
fragment Address on Station { id address }`
export const VIEWER = 'query Me { viewer { id } }'
export const INVALID = 'query Invalid { nothing }'
export const PARTIAL = `query Partial($id: ID!) {
  now
  station(id: $id) { id }
  stations(near: { latitude: 39.9, longitude: 116.4, datum: WGS84 }, first: 1000) {
    edges { node { id } }
  }
}`
export const ORDER_STATUS = `subscription OrderStatus($orderId: ID!) {
  orderStatus(orderId: $orderId) { id status }
}`

const PREVIEW = `query Preview($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) { preview { quote { token } } userErrors { code message } }
}`
const PLACE = `mutation Place($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { id status } userErrors { code message } }
}`
const CANCEL = `mutation Cancel($input: CancelOrderInput!) {
  cancelOrder(input: $input) { order { id status } userErrors { code message } }
}`

let keys = 0
const freshKey = () => `conformance-${process.pid}-${(keys += 1)}`

export class Server {
  constructor(base, token) {
    this.url = `${base}/graphql`
    this.socketUrl = this.url.replace(/^http/, 'ws')
    this.authorization = `Bearer ${token}`
    this.headers = { Authorization: this.authorization }
  }

  /** A WebSocket as graphql-ws wants it; node 20 has none of its own. */
  get Socket() {
    return Socket
  }

  /** `fetch` that writes down what was asked: method, address, headers, body, status, type. */
  recording() {
    const seen = []
    const recorded = async (input, init = {}) => {
      const request = new Request(input, init)
      const entry = { method: request.method, url: request.url, accept: request.headers.get('accept') }
      if (typeof init.body === 'string') entry.body = JSON.parse(init.body)
      const response = await fetch(request)
      entry.status = response.status
      entry.type = response.headers.get('content-type')
      seen.push(entry)
      return response
    }
    recorded.seen = seen
    return recorded
  }

  async ask(query, variables) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { ...this.headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = await response.json()
    assert.equal(errors, undefined, JSON.stringify(errors))
    for (const payload of Object.values(data)) {
      assert.deepEqual(payload.userErrors, [], JSON.stringify(payload.userErrors))
    }
    return data
  }

  /** The id of a new order, unpaid. */
  async order() {
    const fill = { pumpAmountFen: 30_000 }
    // Without coupons: one member's orders then never stand in each other's way.
    const input = { stationId: STATION, fuelGrade: 'GASOLINE_92', fill, choice: { couponIds: [] } }
    const { checkoutPreview } = await this.ask(PREVIEW, { input })
    const { placeOrder } = await this.ask(PLACE, {
      input: {
        quoteToken: checkoutPreview.preview.quote.token,
        idempotencyKey: freshKey(),
        paymentScene: 'MINI_PROGRAM',
        confirmDuplicate: true,
      },
    })
    return placeOrder.order.id
  }

  async cancel(orderId) {
    await this.ask(CANCEL, { input: { orderId, idempotencyKey: freshKey() } })
  }
}

/** Watches an order by `subscribe(query, variables, onAnswer) → Promise of the end`, cancels it after
 * the first answer, and expects the change and then the end. */
export async function watched(server, subscribe) {
  const orderId = await server.order()
  const seen = []
  await subscribe(ORDER_STATUS, { orderId }, (answer) => {
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
    const { id, status } = answer.data.orderStatus
    assert.equal(id, orderId)
    seen.push(status)
    if (seen.length === 1) void server.cancel(orderId)
  })
  assert.ok(seen.length >= 2, `only ${seen}`)
  assert.notEqual(seen[0], 'CANCELLED')
  assert.equal(seen.at(-1), 'CANCELLED')
}

export function codesOf(errors) {
  return errors.map((error) => error.extensions?.code)
}
