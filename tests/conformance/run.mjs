// Everything against one server; one JSON report on standard output.
// node run.mjs http://127.0.0.1:8000 <bearer token>
import { apollo } from './clients/apollo.mjs'
import { bare } from './clients/bare.mjs'
import { graphqlRequest } from './clients/graphql-request.mjs'
import { graphqlSse } from './clients/graphql-sse.mjs'
import { graphqlWs } from './clients/graphql-ws.mjs'
import { relay } from './clients/relay.mjs'
import { urql } from './clients/urql.mjs'
import { audits } from './audits.mjs'
import { Server } from './server.mjs'

const CAPABILITIES = ['query', 'persisted', 'get', 'subscription', 'defer', 'errors']
const CLIENTS = [apollo, urql, graphqlRequest, graphqlWs, graphqlSse, relay, bare]
const PATIENCE_MS = 60_000

/** "ok", "absent" where the client has no such thing, else what went wrong. */
async function tried(client, capability, server) {
  if (client[capability] === undefined) return 'absent'
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    await Promise.race([client[capability](server), late])
    return 'ok'
  } catch (fault) {
    return `failed: ${fault?.stack ?? fault}`
  } finally {
    clearTimeout(timer)
  }
}

const [base, token] = process.argv.slice(2)
const server = new Server(base, token)
const clients = {}
for (const client of CLIENTS) {
  const row = { version: client.version }
  for (const capability of CAPABILITIES) row[capability] = await tried(client, capability, server)
  clients[client.name] = row
}
const report = { capabilities: CAPABILITIES, audits: await audits(server.url), clients }
process.stdout.write(JSON.stringify(report), () => process.exit(0))
