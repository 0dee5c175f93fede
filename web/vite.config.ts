// How the page is built: one script and one style sheet into web/dist, which the gateway serves at /.
import { defineConfig } from 'vite';

export default defineConfig({
  // Addresses are relative to index.html's <base>, which the gateway sets to its base path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', modulePreload: false, reportCompressedSize: false, assetsInlineLimit: 0 },
});
