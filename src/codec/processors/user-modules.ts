// How a processor's file is loaded in its worker thread, and by its tests: as it stands, TypeScript too; `sightline` is
// this program from whatever folder; and every file that it is made of is noted, so that a change of one can be seen.

import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const EXTENSION = path.extname(import.meta.url);
/** What `import … from 'sightline'` gives inside a processor. */
const SIGHTLINE = new URL(`../../public/processors${EXTENSION}`, import.meta.url).href;
/** Our own files: src in a checkout, dist in the package. */
const OWN_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
const TYPESCRIPT = /\.m?ts$/;

/**
 * From now on modules of this thread are loaded so; gives the files loaded until now, as absolute paths. `sightline`: URL of
 * what is imported by this name.
 */
export function hookUserModules(sightline = SIGHTLINE): { readonly files: () => string[] } {
  const files = new Set<string>();
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'sightline') return { url: sightline, shortCircuit: true };
      const file = fileBeside(specifier, context.parentURL);
      if (file !== null) files.add(file);
      return next(specifier, context);
    },
    load(url, context, next) {
      const file = userFile(url);
      if (file === null) return next(url, context);
      files.add(file);
      return next(url, TYPESCRIPT.test(file) ? { ...context, format: 'module-typescript' } : context);
    },
  });
  return { files: () => [...files] };
}

/** What a file of the processor's names by a path, which need not be there: it may come. */
function fileBeside(specifier: string, parentURL: string | undefined): string | null {
  if (parentURL === undefined || userFile(parentURL) === null || !/^\.{0,2}\//.test(specifier)) return null;
  return userFile(new URL(specifier, parentURL).href);
}

/** The path of a file that a person wrote for a processor: neither ours nor a package's. Null: another module. */
export function userFile(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  const file = fileURLToPath(url);
  const isPackage = file.split(path.sep).includes('node_modules');
  return isPackage || file.startsWith(OWN_FOLDER) ? null : file;
}

/** The path of a file of a package that is neither ours nor OpenCV. Null: another module. */
export function packageFile(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  const file = fileURLToPath(url);
  const steps = file.split(path.sep);
  if (!steps.includes('node_modules') || steps.includes('opencv-js') || file.startsWith(OWN_FOLDER)) return null;
  return file;
}
