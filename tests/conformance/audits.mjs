// The audits of the GraphQL-over-HTTP specification.
import { serverAudits } from 'graphql-http'

export async function audits(url) {
  const told = []
  for (const audit of serverAudits({ url, fetchFn: fetch })) {
    const result = await audit.fn()
    told.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason })
  }
  return told
}
