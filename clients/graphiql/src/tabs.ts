// What GraphiQL keeps in the browser, and when it is dropped.
import { examplesVersion } from './examples';

export type TabDefinition = { query: string; variables: string; headers: string };

const VERSION_KEY = 'youhui:examples';

export function dropTabsOfOlderExamples(): void {
  if (localStorage.getItem(VERSION_KEY) !== examplesVersion) resetTabs();
}

export function resetTabs(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('graphiql:')) localStorage.removeItem(key);
  }
  localStorage.setItem(VERSION_KEY, examplesVersion);
}
