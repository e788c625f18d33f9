// The example operations of docs/operations, as tabs: each document with its variables.
import type { TabDefinition } from './tabs';
import order from '../../../docs/operations/index.json';
import purchase from '../../../docs/operations/purchase/index.json';

const documents = import.meta.glob<string>('../../../docs/operations/**/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob<string>('../../../docs/operations/**/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

// Looking first, then a purchase step by step.
const names = [...order, ...purchase.map(step => `purchase/${step}`)];

function found(files: Record<string, string>, name: string): string | undefined {
  return files[`../../../docs/operations/${name}`];
}

export function exampleTabs(headers: string): TabDefinition[] {
  return names.map(name => ({
    query: (found(documents, `${name}.graphql`) ?? '').trimEnd(),
    variables: (found(variables, `${name}.json`) ?? '').trimEnd(),
    headers,
  }));
}

// A text that changes with the examples: tabs kept from older ones are then dropped.
export const examplesVersion = String(
  [...JSON.stringify([names, documents, variables])].reduce(
    (hash, character) => (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0,
    7,
  ),
);
