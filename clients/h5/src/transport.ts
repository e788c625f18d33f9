// GraphQL over fetch. A document goes by its hash; the session goes by cookie, or, for a persona of
// the demo, by its token.
import type { TypedDocumentString } from './gql/graphql';
import { language } from './language';
import { deviceId, recall, remember } from './memory';

const TIMEOUT_MS = 15_000;

// The request did not arrive, or no answer came.
export class Unreachable extends Error {}

// The gateway refused the request, or failed at it. `message` may be shown as it is.
export class Fault extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

type Answer<Result> = {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string } }[];
};
type Options = { signal?: AbortSignal };
type Asked<Result, Variables> = TypedDocumentString<Result, Variables>;

// A query. `open` queries are the same for everyone and go by GET, so that caches may answer.
export async function ask<Result, Variables>(
  document: Asked<Result, Variables>,
  variables: Variables,
  options: Options & { open?: boolean } = {},
): Promise<Result> {
  const request = () => (options.open ? byGet(document, variables) : byPost(document, variables));
  try {
    return await answered(request(), options.signal);
  } catch (trouble) {
    if (!(trouble instanceof Unreachable) || options.signal?.aborted) throw trouble;
    return answered(request(), options.signal);
  }
}

// A mutation: sent once. Whoever sends it again does so under the same idempotency key.
export function act<Result, Variables>(
  document: Asked<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  return answered(byPost(document, variables));
}

export function asPersona(token: string | null): void {
  remember('persona', token);
}

function hashOf<Result, Variables>(document: Asked<Result, Variables>): string {
  return String((document as { __meta__?: { hash?: string } }).__meta__?.hash);
}

function byGet<Result, Variables>(document: Asked<Result, Variables>, variables: Variables) {
  const query = new URLSearchParams({
    documentId: `sha256:${hashOf(document)}`,
    variables: JSON.stringify(variables),
  });
  return new Request(`/graphql?${query}`, { headers: headers() });
}

function byPost<Result, Variables>(document: Asked<Result, Variables>, variables: Variables) {
  return new Request('/graphql', {
    method: 'POST',
    headers: { ...headers(), 'Content-Type': 'application/json' },
    body: JSON.stringify({ documentId: `sha256:${hashOf(document)}`, variables }),
  });
}

function headers(): Record<string, string> {
  const persona = recall('persona');
  return {
    Accept: 'application/graphql-response+json',
    'Accept-Language': language.value,
    'Youhui-Channel': 'h5',
    'Youhui-Version': __VERSION__,
    'Youhui-Device': deviceId(),
    ...(persona ? { Authorization: `Bearer ${persona}` } : {}),
  };
}

async function answered<Result>(request: Request, signal?: AbortSignal): Promise<Result> {
  const { response, answer } = await received<Result>(request, signal);
  const first = answer.errors?.[0];
  // A part that failed is null and its screen says so; where nothing came, that is a fault.
  const something = answer.data && Object.values(answer.data).some((part) => part !== null);
  if (answer.data && (something || !first)) return answer.data;
  const code = first?.extensions?.code ?? String(response.status);
  // A persona's token that has ended: from here on a guest asks.
  if (code.startsWith('TOKEN_')) asPersona(null);
  throw new Fault(first?.message ?? code, code, response.headers.get('X-Request-Id'));
}

async function received<Result>(request: Request, signal?: AbortSignal) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const either = signal ? anyOf(signal, timeout) : timeout;
  try {
    const response = await fetch(request, { signal: either, credentials: 'same-origin' });
    return { response, answer: (await response.json()) as Answer<Result> };
  } catch (cause) {
    throw new Unreachable(String(cause));
  }
}

// `AbortSignal.any` is younger than the browsers that are served.
function anyOf(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return controller.signal;
}
