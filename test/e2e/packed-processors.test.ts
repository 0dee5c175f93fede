// docs/processors.md as a stranger follows it: the packed package in an empty folder, a first processor word by word, and a
// processor that comes as an npm package of its own.

import assert from 'node:assert/strict';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { jpegSize } from '../../src/media/jpeg.ts';
import { codeBlocks } from '../fixtures/code-blocks.ts';
import type { CodeBlock } from '../fixtures/code-blocks.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { TemporaryFolder } from '../fixtures/folder.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { lockAsHere, packCheckout, shell } from '../fixtures/packed.ts';
import { ROOT, TestServer } from '../fixtures/server.ts';

const blocks = codeBlocks(await readFile(path.join(ROOT, 'docs/processors.md'), 'utf8'));
const START = 'The first one, in five minutes';
const TESTING = 'Test it';
const PACKAGE = 'A package of your own';
const QUIETLY = '--prefer-offline --ignore-scripts --no-audit --no-fund';

function blocksOf(heading: string, language: CodeBlock['language']): CodeBlock[] {
  const found = blocks.filter((block) => block.heading === heading && block.language === language);
  assert.ok(found.length > 0, `no ${language} in "${heading}"`);
  return found;
}
const linesOf = (block: CodeBlock | undefined): string[] =>
  (block?.text ?? '').split('\n').filter((line) => line !== '');
const fileOf = (name: string): string => blocks.find(({ file }) => file === name)!.text;

describe('docs/processors.md, followed with the packed package', { timeout: 280_000 }, () => {
  let work: TemporaryFolder;
  let folder: string;
  let tarball: string;

  const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
  /** Serves what is installed in the folder, and gives a picture of a stream. */
  async function watch(camera: string, stream: string): Promise<Buffer> {
    const config = path.join(folder, 'sightline.yaml');
    const bin = path.join(folder, 'node_modules/sightline/bin/sightline.js');
    await using server = await TestServer.start(['--config', config], {}, bin);
    const viewer = new MjpegViewer(`${server.url}/cameras/${camera}/stream.mjpeg?stream=${stream}`);
    const { body } = await viewer.next(isPicture);
    viewer.close();
    return body;
  }

  before(async () => {
    work = await temporaryFolder();
    folder = path.join(work.path, 'cameras');
    tarball = await packCheckout(work.path);
    await lockAsHere(folder);
  });
  after(() => work.remove());

  it('a first processor is made, tested and seen', async () => {
    const [install, serve] = blocksOf(START, 'sh');
    const said: string[] = [];
    for (const line of linesOf(install)) {
      said.push(await shell(folder, line.replace('install sightline', `install ${QUIETLY} ${tarball}`)));
    }
    const [made = '', tested = ''] = said.slice(-2);
    const [config] = blocksOf(START, 'yaml');
    const shown = config!.text.replace(/^# .*\n/, '').trim();
    assert.ok(made.includes(shown), `the page shows another config than processor new:\n${made}`);
    assert.match(tested, /pass 2/);
    await write('sightline.yaml', config!.text);
    assert.deepEqual(linesOf(serve), ['npx sightline']);
    assert.deepEqual(jpegSize(await watch('camera1', 'doorbell')), { width: 1280, height: 720 });
  });

  it('its types are found by an editor, and node alone runs its test', async () => {
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    assert.equal(await shell(folder, `${process.execPath} ${tsc} -p processors`), '');
    const tsconfig = await readFile(path.join(folder, 'processors/tsconfig.json'), 'utf8');
    assert.ok(!tsconfig.includes('paths'), 'it is the same on every machine');
    assert.match(await shell(folder, `${process.execPath} --test processors/doorbell.test.ts`), /pass 2/);
  });

  it('the commands about tests run', async () => {
    for (const name of ['processors/edges.ts', 'processors/edges.test.ts']) await write(name, fileOf(name));
    for (const line of linesOf(blocksOf(TESTING, 'sh')[0])) assert.match(await shell(folder, line), /fail 0/);
  });

  it('a processor in a package of its own is tested, packed, installed and seen', async () => {
    const own = path.join(work.path, 'sightline-edges');
    await mkdir(own);
    const [manifest, tsconfig] = blocksOf(PACKAGE, 'json');
    const files = {
      'package.json': manifest!.text,
      'tsconfig.json': tsconfig!.text,
      'edges.ts': fileOf('processors/edges.ts'),
      'edges.test.ts': fileOf('processors/edges.test.ts'),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(own, name), text);
    const [install, ...commands] = linesOf(blocksOf(PACKAGE, 'sh')[0]);
    assert.equal(install, 'npm install --save-dev sightline typescript');
    // Both are here already: in the folder beside it, and in this checkout.
    await symlink(path.join(folder, 'node_modules'), path.join(own, 'node_modules'));
    for (const line of commands) await shell(own, line, path.join(ROOT, 'node_modules/.bin'));
    const packed = path.join(work.path, 'sightline-edges-1.0.0.tgz');
    await rename(path.join(own, 'sightline-edges-1.0.0.tgz'), packed);
    await shell(folder, `npm install ${QUIETLY} ${packed}`);
    await write('sightline.yaml', blocksOf(PACKAGE, 'yaml')[0]!.text);
    assert.deepEqual(jpegSize(await watch('door', 'edges')), { width: 640, height: 360 });
  });
});
