// Chinese first, English second. The server answers in the same language.
import { ref } from 'vue';

import { recall, remember } from './memory';
import { texts, type TextKey } from './texts';

export type Language = 'zh-CN' | 'en';

export const language = ref<Language>(firstLanguage());
document.documentElement.lang = language.value;

function firstLanguage(): Language {
  const known = recall('language');
  if (known === 'zh-CN' || known === 'en') return known;
  return navigator.language.startsWith('en') ? 'en' : 'zh-CN';
}

export function speak(wanted: Language): void {
  remember('language', wanted);
  language.value = wanted;
  document.documentElement.lang = wanted;
}

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const [zh, en] = texts[key];
  return Object.entries(values).reduce<string>(
    (text, [name, value]) => text.replace(`{${name}}`, () => String(value)),
    language.value === 'en' ? en : zh,
  );
}

export function momentText(moment: string): string {
  return new Intl.DateTimeFormat(language.value, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(moment));
}

export function distanceText(meters: number): string {
  return meters < 1000 ? t('meters', { n: meters }) : t('kilometers', { n: (meters / 1000).toFixed(1) });
}
