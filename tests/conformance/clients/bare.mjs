// The mini-program: nothing but `wx.request`, here over node's own HTTP. No fetch, no Headers; any
// status reaches `success`; an answer is read only when it is whole. It polls instead of subscribing.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import {
  DEFERRED, FACETS, INVALID, PARTIAL, STATION, STATION_NAME, VIEWER, codesOf,
} from '../server.mjs'

const wx = {
  request({ url, method = 'GET', data, header = {}, success, fail }) {
    const target = new URL(url)
    let body
    if (method === 'GET') {
      for (const [name, value] of Object.entries(data ?? {})) target.searchParams.set(name, value)
    } else {
      body = JSON.stringify(data)
    }
    const headers = { 'content-type': 'application/json', referer: 'https://servicewechat.com/', ...header }
    const sent = request(target, { method, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        success({ data: parsed(text), statusCode: response.statusCode, header: response.headers })
      })
    })
    sent.on('error', (fault) => fail({ errMsg: `request:fail ${fault.message}` }))
    sent.end(body)
  },
}

/** As `dataType: json` has it: JSON where it parses, else the text. */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The whole client of the mini-program: a promise around `wx.request`. */
function ask(server, data, { method = 'POST', header = {} } = {}) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: server.url,
      method,
      data,
      header: { 'Youhui-Channel': 'mini-program', ...server.headers, ...header },
      success: resolve,
      fail: (told) => reject(new Error(told.errMsg)),
    })
  })
}

/** By its hash; with its text too once the server says that it does not know it. */
async function askByHash(server, query, seen) {
  const documentId = createHash('sha256').update(query).digest('hex')
  const first = await ask(server, { documentId })
  seen.push(codesOf(first.data.errors ?? []))
  if (first.data.errors?.[0]?.extensions.code !== 'PERSISTED_QUERY_NOT_FOUND') return first
  return ask(server, { documentId, query })
}

export const bare = {
  name: 'wx.request',
  version: 'bare',

  async query(server) {
    const { data, statusCode, header } = await ask(server, { query: STATION_NAME, variables: { id: STATION } })
    assert.equal(statusCode, 200)
    assert.equal(data.data.station.id, STATION)
    assert.match(header['content-type'], /^application\/(graphql-response\+)?json/)
  },

  async persisted(server) {
    const query = `query PersistedByHand${process.pid} { now }`
    const seen = []
    for (let turn = 0; turn < 2; turn += 1) {
      assert.ok((await askByHash(server, query, seen)).data.data.now)
    }
    assert.deepEqual(seen, [['PERSISTED_QUERY_NOT_FOUND'], []])
  },

  async get(server) {
    const first = await ask(server, { query: FACETS }, { method: 'GET' })
    assert.ok(first.data.data.stationFacets.brands.length > 0)
    assert.match(first.header['cache-control'], /^public/)
    const header = { 'If-None-Match': first.header.etag }
    const again = await ask(server, { query: FACETS }, { method: 'GET', header })
    assert.equal(again.statusCode, 304)
    assert.equal(again.data, '')
  },

  async defer(server) {
    // Never in parts, even if a library below it were to ask for them.
    const header = { Accept: 'multipart/mixed;incrementalSpec=v0.2, application/json' }
    const answer = await ask(server, { query: DEFERRED, variables: { id: STATION } }, { header })
    assert.match(answer.header['content-type'], /^application\/json/)
    assert.ok(answer.data.data.station.address.length > 0)
  },

  async errors(server) {
    const invalid = await ask(server, { query: INVALID })
    assert.deepEqual(codesOf(invalid.data.errors), ['GRAPHQL_VALIDATION_FAILED'])
    const partial = await ask(server, { query: PARTIAL, variables: { id: STATION } })
    assert.ok([200, 294].includes(partial.statusCode)) // by the edition of the specification
    assert.equal(partial.data.data.station.id, STATION)
    assert.deepEqual(codesOf(partial.data.errors), ['BAD_PAGE_SIZE'])
    const refused = await ask(server, { query: VIEWER }, { header: { Authorization: 'Bearer no' } })
    assert.equal(refused.statusCode, 401)
    assert.deepEqual(codesOf(refused.data.errors), ['TOKEN_INVALID'])
  },
}
