import { defineConfig } from 'vite';

// The gateway serves `dist` under /graphiql; it asks no other address.
export default defineConfig({
  base: '/graphiql/',
  build: { target: 'es2022', chunkSizeWarningLimit: 6000 },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': 'http://127.0.0.1:8000', '/demo': 'http://127.0.0.1:8000' } },
});
