// How this page asks: queries and mutations as JSON, subscriptions as events; the steps of a
// purchase hand on what they got.
import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from '@graphiql/toolkit';
import { subscribed } from './events';
import { filled, remember } from './memory';

const URL_OF_ALL = '/graphql';
const asked = createGraphiQLFetcher({
  url: URL_OF_ALL,
  fetch: async (url, request) => {
    const response = await fetch(url, request);
    response
      .clone()
      .json()
      .then(remember, () => undefined);
    return response;
  },
});

export const fetcher: Fetcher = (params, options) => {
  const request: FetcherParams = { ...params, variables: filled(params.variables) };
  const operations = options?.documentAST?.definitions.filter(part => part.kind === 'OperationDefinition') ?? [];
  const chosen = operations.find(part => !params.operationName || part.name?.value === params.operationName);
  if (chosen?.operation !== 'subscription') return asked(request, options);
  return subscribed(URL_OF_ALL, request, (options?.headers ?? {}) as Record<string, string>);
};
