// Types and hashes of what this page asks. The manifest that the gateway trusts is the source of
// each hash, so the page can never ask for a document that it was not released with.
import { readFileSync } from 'node:fs';

import type { CodegenConfig } from '@graphql-codegen/cli';
import { printExecutableGraphQLDocument, sortExecutableDocument } from '@graphql-tools/documents';
import { Kind, parse } from 'graphql';

import { version } from './package.json';

const REBUILD = `.venv/bin/youhui contract build --channel h5 --app-version ${version} --replace`;

type Manifest = { documents: Record<string, { name: string; text: string }> };
const manifest = JSON.parse(
  readFileSync(`../manifests/h5/${version}.json`, 'utf8'),
) as Manifest;
const released = new Map(
  Object.entries(manifest.documents).map(([hash, { name, text }]) => [name, { hash, text }]),
);

// Order and layout do not matter; what is asked does.
function sorted(text: string): string {
  return printExecutableGraphQLDocument(sortExecutableDocument(parse(text)));
}

function releasedHash(text: string): string {
  const operation = parse(text).definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const name = operation?.name?.value ?? '';
  const entry = released.get(name);
  if (!entry || sorted(entry.text) !== sorted(text)) {
    throw new Error(`${name} is not in the manifest of h5 ${version} as it is written: ${REBUILD}`);
  }
  return entry.hash;
}

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['../operations/shared/*.graphql', '../operations/*h5*/*.graphql'],
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: {
          mode: 'replaceDocumentWithHash',
          hashAlgorithm: releasedHash,
        },
      },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        scalars: { DateTime: 'string', Decimal: 'string' },
      },
    },
  },
};

export default config;
