import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

import { version } from './package.json';

const gateway = 'http://127.0.0.1:8000';

// The gateway serves `dist` at /; the page asks no other address.
export default defineConfig({
  plugins: [vue()],
  define: { __VERSION__: JSON.stringify(version) },
  build: { target: 'es2020', modulePreload: { polyfill: false } },
  server: { proxy: { '/graphql': gateway, '/demo': gateway } },
});
