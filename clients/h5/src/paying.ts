// From an order to the pay sheet, and back to the order's page.
import { StartPaymentDocument, type PaymentSheetFragment, type RefusalFragment } from './gql/graphql';
import { freshKey } from './memory';
import { act } from './transport';

// Leaves for the pay sheet; a sheet that this browser cannot open is left to the order's page.
export function openSheet(sheet: PaymentSheetFragment | null | undefined): void {
  if (sheet && 'url' in sheet && sheet.url) location.assign(sheet.url);
}

export async function pay(orderId: string): Promise<RefusalFragment[]> {
  const input = { orderId, paymentScene: 'BROWSER', idempotencyKey: freshKey() } as const;
  const payload = (await act(StartPaymentDocument, { input })).startPayment;
  openSheet(payload?.payment);
  return payload?.userErrors ?? [];
}
