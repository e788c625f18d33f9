// What this browser remembers. A browser that remembers nothing works too.
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`youhui:${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`youhui:${key}`);
    else localStorage.setItem(`youhui:${key}`, value);
  } catch {
    // Private mode, or no room: then it is forgotten at the end of the visit.
  }
}

// 22 characters of the alphabet that the gateway takes for devices and idempotency keys.
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function deviceId(): string {
  const known = recall('device');
  if (known) return known;
  const fresh = freshKey();
  remember('device', fresh);
  return fresh;
}
