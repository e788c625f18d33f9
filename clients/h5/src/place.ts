// Where the driver is. Kept in memory only, for as long as the page is open.
import { ref } from 'vue';

import type { CoordinatesInput } from './gql/graphql';

export type Place = { near: CoordinatesInput; name: string | null };

export const place = ref<Place | null>(null);

// Browsers speak WGS84. Rejects when the driver or the device refuses.
export function locate(): Promise<Place> {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          near: { latitude: coords.latitude, longitude: coords.longitude, datum: 'WGS84' },
          name: null,
        }),
      reject,
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

// Whether it may be asked for without a question appearing.
export async function mayLocateSilently(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted';
  } catch {
    return false;
  }
}
