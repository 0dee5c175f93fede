// What an editor and `node --test` need beside a person's processors, wherever this program stands: in the node_modules of
// their folder, installed elsewhere, or a checkout.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../package.ts';

/** `tsconfig.json` of a folder of processors: `sightline` and `node:test` have types in it. */
export function tsconfigText(folder: string): string {
  const options = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'preserve',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    ...placesOf(folder),
  };
  return `${JSON.stringify({ compilerOptions: options, include: ['.'] }, null, 2)}\n`;
}

/** Where the types stand that the folder itself does not lead to. */
function placesOf(folder: string): { paths?: Record<string, string[]>; typeRoots?: string[] } {
  const nodeTypes = isInstalled(folder, '@types/node') ? null : nodeTypesFolder();
  return {
    ...(isInstalled(folder, 'sightline') ? {} : { paths: ownTypes() }),
    ...(nodeTypes === null ? {} : { typeRoots: [nodeTypes] }),
  };
}

/** Whether a package stands where `import` looks for it from a folder. */
function isInstalled(folder: string, name: string): boolean {
  return foldersUpFrom(folder).some((at) => existsSync(path.join(at, 'node_modules', name, 'package.json')));
}

/** What is imported by which name. The built package has types of its own; a checkout is TypeScript itself. */
function ownTypes(): Record<string, string[]> {
  const source = path.join(packageRoot(), 'src', 'public');
  const isCheckout = existsSync(path.join(source, 'index.ts'));
  const fileOf = (name: string): string => {
    return isCheckout ? path.join(source, `${name}.ts`) : path.join(packageRoot(), 'dist', 'public', `${name}.d.ts`);
  };
  return { sightline: [fileOf('index')], 'sightline/client': [fileOf('client')] };
}

/** The `@types` folder that came with this program; null: none did. */
function nodeTypesFolder(): string | null {
  try {
    const found = createRequire(path.join(packageRoot(), 'package.json')).resolve('@types/node/package.json');
    return path.dirname(path.dirname(found));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Whether Node takes a `.ts` file of this folder as a module by itself: the nearest package.json says so. */
export function isModuleFolder(folder: string): boolean {
  const file = foldersUpFrom(folder)
    .map((at) => path.join(at, 'package.json'))
    .find((candidate) => existsSync(candidate));
  return file !== undefined && typeIn(file) === 'module';
}

/** A folder and all that it lies in, the nearest first. */
function foldersUpFrom(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}

function typeIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown } | null)?.type;
  } catch {
    // Whoever wrote it wrongly hears of it from npm and Node.
    return undefined;
  }
}
