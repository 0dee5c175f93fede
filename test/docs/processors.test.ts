// What docs/processors.md shows is true: its code is type-checked as an editor would in a folder that `processor new`
// made, its processors and their tests run, its config files are read, its tables are those of the built-ins. Its shell
// commands are run by test/e2e/packed-processors.test.ts.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { withOptions } from '../../docs/tools/processors.ts';
import { isProcessorDefinition } from '../../src/codec/processors/contract.ts';
import type { Pixels } from '../../src/codec/processors/contract.ts';
import { tryProcessor } from '../../src/codec/processors/trial.ts';
import { hookUserModules } from '../../src/codec/processors/user-modules.ts';
import { tsconfigText } from '../../src/commands/processor-editor.ts';
import { processorText, testText } from '../../src/commands/processor-text.ts';
import { loadConfig } from '../../src/config/load.ts';
import { codeBlocks } from '../fixtures/code-blocks.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { TemporaryFolder } from '../fixtures/folder.ts';
import { ROOT } from '../fixtures/server.ts';

const run = promisify(execFile);
const BIN = path.join(ROOT, 'bin/sightline.js');
const page = await readFile(path.join(ROOT, 'docs/processors.md'), 'utf8');
const blocks = codeBlocks(page);
const scripts = blocks.filter(({ language }) => language === 'ts');

/** A white square that walks over black. */
function walk(format: 'gray' | 'bgr', count: number): Pixels[] {
  const [width, height, channels] = [96, 54, format === 'gray' ? 1 : 3];
  return Array.from({ length: count }, (_, step) => {
    const data = new Uint8Array(width * height * channels);
    for (let y = 10; y < 40; y++) {
      const left = (y * width + step * 10) * channels;
      data.fill(255, left, left + 30 * channels);
    }
    return { data, width, height, format };
  });
}

describe('docs/processors.md', { timeout: 240_000 }, () => {
  let folder: TemporaryFolder;

  before(async () => {
    folder = await temporaryFolder();
    await mkdir(path.join(folder.path, 'processors'));
    const files = [
      ...scripts.map(({ file, text }) => [file, text] as const),
      ['processors/doorbell.ts', processorText('doorbell')] as const,
      ['processors/doorbell.test.ts', testText('doorbell', 'npx sightline')] as const,
      ['tsconfig.json', tsconfigText(folder.path)] as const,
    ];
    for (const [file, text] of files) {
      assert.ok(file !== null, `a block does not say its file: ${text.slice(0, 80)}`);
      await writeFile(path.join(folder.path, file), text);
    }
    hookUserModules(new URL('../../src/public/index.ts', import.meta.url).href);
  });
  after(() => folder.remove());

  it('shows code that an editor finds nothing wrong with, nor with what `processor new` writes', async () => {
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const found = await run(process.execPath, [tsc, '-p', folder.path]).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    assert.equal(found, '');
  });

  for (const { file } of scripts.filter(
    ({ file: name }) => name?.startsWith('processors/') && !name.includes('test'),
  )) {
    it(`shows ${file ?? ''}, which works and leaves no Mat behind`, async () => {
      const module = (await import(pathToFileURL(path.join(folder.path, file!)).href)) as { default: unknown };
      assert.ok(isProcessorDefinition(module.default));
      const { frames, findings, events } = await tryProcessor(module.default, { frames: walk('bgr', 6) });
      assert.ok(frames.some(({ picture, drawings }) => picture !== null || drawings.length > 0));
      assert.deepEqual(findings, []);
      if (module.default.events !== undefined) assert.ok(events.length > 0);
    });
  }

  it('shows tests that pass', async () => {
    const { stdout } = await run(process.execPath, [BIN, 'processor', 'test', '--json'], {
      cwd: folder.path,
      env: { ...process.env, INIT_CWD: folder.path },
    });
    const { files, passed, failed } = JSON.parse(stdout) as { files: string[]; passed: number; failed: number };
    assert.deepEqual([files.length, passed, failed], [2, 3, 0]);
  });

  it('shows config files that are read without a fault', () => {
    const configs = blocks.filter(({ language }) => language === 'yaml');
    assert.ok(configs.length >= 4);
    for (const { text, file } of configs) {
      assert.equal(file, 'sightline.yaml');
      const { cameras } = loadConfig({ file, text, env: {}, cwd: folder.path });
      assert.ok(cameras.every(({ processors }) => processors.length > 0));
    }
  });

  it('shows nothing else than what is run, read or checked', () => {
    const languages = new Set(blocks.map(({ language }) => language));
    assert.deepEqual([...languages].sort(), ['json', 'sh', 'ts', 'yaml']);
    for (const { language, text } of blocks) if (language === 'json') JSON.parse(text);
  });

  it('lists the options of the built-ins as they are', async () => {
    assert.equal(await withOptions(page), page, 'run: node docs/tools/processors.ts');
    assert.equal([...page.matchAll(/<!-- options of /g)].length, 3);
  });
});
