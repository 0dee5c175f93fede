// How the page is built: a script and a style sheet into web/dist, which the gateway serves at its base path; what the
// wall has no need of is a script of its own, asked for when it is.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Nothing is painted before the page's script has run, so that the chosen theme is there from the first painting on. */
const blockRendering: Plugin = {
  name: 'block-rendering',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

/** Scripts and styles lie beside themselves compressed: the gateway sends those, and nobody compresses at each request. */
const compress: Plugin = {
  name: 'compress',
  writeBundle({ dir }) {
    const folder = join(dir ?? '', 'assets');
    for (const name of readdirSync(folder)) {
      if (!/\.(js|css)$/.test(name)) continue;
      writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name)), { level: 9 }));
    }
  },
};

export default defineConfig({
  // Addresses are relative to index.html's <base>, which the gateway sets to its base path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [blockRendering, compress],
  build: { target: 'es2022', modulePreload: false, reportCompressedSize: false, assetsInlineLimit: 0 },
});
