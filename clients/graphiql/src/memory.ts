// What earlier answers gave, for the steps of a purchase: `$quoteToken` and `$orderId` in variables
// stand for the last one seen, `$new` for a new idempotency key.
const seen: Record<string, string> = {};

export function remember(answer: unknown): void {
  if (Array.isArray(answer)) answer.forEach(remember);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return;
  for (const [name, part] of Object.entries(answer)) {
    const record = typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
    if (name === 'quote' && typeof record['token'] === 'string') seen['$quoteToken'] = record['token'];
    if ((name === 'order' || name === 'orderStatus') && typeof record['id'] === 'string') {
      seen['$orderId'] = record['id'];
    }
    remember(part);
  }
}

export function filled(value: unknown): unknown {
  if (value === '$new') return crypto.randomUUID();
  if (typeof value === 'string') return seen[value] ?? value;
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, filled(part)]));
}
