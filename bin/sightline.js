#!/usr/bin/env node
// Starts Sightline: from its TypeScript in a checkout, from dist/ in an installed package. Plain JavaScript that any
// Node runs: on one older than 24 it hands over to the Node that came with the package.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const here = fileURLToPath(import.meta.url);

function bundledNode() {
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const file = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : null;
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function handOver(node) {
  // A small young generation: pictures live outside the heap, and a thousand viewers need 30 MB less.
  const child = spawn(node, ['--max-semi-space-size=4', here, ...process.argv.slice(2)], {
    // The fourth is a channel that closes when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SIGHTLINE_LAUNCHED: '1' },
  });
  process.title = 'sightline';
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`sightline: the bundled Node could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

/** Some of what we load asks for the folder and would fail with a page of text. */
function standsSomewhere() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

if (!standsSomewhere()) {
  console.error('sightline: the folder in which it was started does not exist any more: change to another one');
  process.exit(1);
} else if (Number.parseInt(process.versions.node, 10) < WANTED) {
  const node = bundledNode();
  if (node) handOver(node);
  else {
    console.error(
      `sightline: needs Node ${WANTED} or newer, this is ${process.version}; npm install node@${WANTED} brings it`,
    );
    process.exit(1);
  }
} else {
  if (process.env.SIGHTLINE_LAUNCHED && process.send) {
    delete process.env.SIGHTLINE_LAUNCHED;
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  }
  // Beside the package, not in a folder that everybody may write to.
  nodeModule.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/sightline', import.meta.url)));
  const source = new URL('../src/cli.ts', import.meta.url);
  const inPackage = here.split(path.sep).includes('node_modules');
  await import(existsSync(source) && !inPackage ? source : new URL('../dist/cli.js', import.meta.url));
}
