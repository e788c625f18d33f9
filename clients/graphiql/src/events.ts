// Subscriptions over server-sent events: one request each, answers as they come.
type Answer = Record<string, unknown>;

export async function* subscribed(
  url: string,
  body: unknown,
  headers: Record<string, string>,
): AsyncGenerator<Answer> {
  const ended = new AbortController();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', Accept: 'text/event-stream, application/json;q=0.5' },
      body: JSON.stringify(body),
      signal: ended.signal,
    });
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream') || !response.body) {
      yield (await response.json()) as Answer;
      return;
    }
    yield* answersIn(response.body);
  } finally {
    ended.abort();
  }
}

async function* answersIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Answer> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let unread = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    unread += decoder.decode(value, { stream: true });
    for (let end = unread.indexOf('\n\n'); end >= 0; end = unread.indexOf('\n\n')) {
      const event = unread.slice(0, end);
      unread = unread.slice(end + 2);
      if (event.startsWith('event: complete')) return;
      const line = event.split('\n').find(part => part.startsWith('data: '));
      if (line) yield JSON.parse(line.slice('data: '.length)) as Answer;
    }
  }
}
