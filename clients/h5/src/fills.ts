// What the driver types, as the server takes it: no arithmetic on prices, digits only.
import type { FillInput } from './gql/graphql';

// "200" and "200.5" yuan; null for what is no amount.
export function byAmount(typed: string): FillInput | null {
  const match = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(typed.trim());
  if (!match) return null;
  return { pumpAmountFen: Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`) };
}

// "40" and "43.165" litres; null for what is no volume.
export function byLitres(typed: string): FillInput | null {
  const litres = typed.trim();
  return /^\d{1,4}(\.\d{1,3})?$/.test(litres) ? { litres } : null;
}
