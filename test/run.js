// What `npm test` runs: installs what the tests need where it may, else names each missing piece, then runs every
// *.test.ts with Node 24. Plain JavaScript for Node 20. Arguments are test files (or parts of their paths) to run.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CONCURRENCY = 2;
const TEST_LIMIT_MS = 300_000;
/** A file whose tests have ended may still hang on what one of them left open. */
const FILE_LIMIT_S = 600;
const LOOK_EVERY_MS = 10_000;
const PYTHON = '/usr/bin/python3';

/** A Debian package and how to see that what it brings is there, whoever installed it. */
const NEEDS = [
  { package: 'chromium', present: () => existsSync('/usr/bin/chromium') },
  { package: 'nginx-light', present: () => existsSync('/usr/sbin/nginx') },
  { package: 'avahi-daemon', present: () => existsSync('/usr/sbin/avahi-daemon') },
  { package: 'systemd', present: () => onPath('systemd-analyze') },
  { package: 'iproute2', present: () => onPath('ip') || existsSync('/usr/sbin/ip') },
  { package: 'ffmpeg', present: () => onPath('ffmpeg') },
  { package: 'python3-venv', present: () => works('python3', ['-c', 'import ensurepip, venv']) },
  { package: 'python3-gi', present: () => works(PYTHON, ['-c', 'import gi']) },
  { package: 'gir1.2-gst-rtsp-server-1.0', present: () => works(PYTHON, ['-c', importOf('GstRtspServer')]) },
  { package: 'gstreamer1.0-tools', present: () => onPath('gst-inspect-1.0') },
  { package: 'gstreamer1.0-plugins-base', present: () => hasElement('videotestsrc') },
  { package: 'gstreamer1.0-plugins-good', present: () => hasElement('rtph264pay') },
  { package: 'gstreamer1.0-plugins-bad', present: () => hasElement('h264parse') },
  { package: 'gstreamer1.0-plugins-ugly', present: () => hasElement('x264enc') },
  { package: 'gstreamer1.0-libav', present: () => hasElement('avdec_h264') },
];

function importOf(namespace) {
  return `import gi; gi.require_version('${namespace}', '1.0'); from gi.repository import ${namespace}`;
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

function works(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function hasElement(name) {
  return works('gst-inspect-1.0', ['--exists', name]);
}

function missing() {
  return NEEDS.filter((need) => !need.present()).map((need) => need.package);
}

/** Installs what is missing as root on Debian; exits with the command to run anywhere else. */
function provide() {
  const packages = missing();
  if (packages.length === 0) return;
  const script = join(ROOT, 'test/install-debian.sh');
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.error(`Installing for the tests: ${packages.join(' ')}`);
    spawnSync(script, packages, { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  const left = missing();
  if (left.length === 0) return;
  console.error(`The tests need what these Debian packages bring, and it is not here:\n  ${left.join('\n  ')}`);
  console.error(`Install it, for example with:\n  sudo test/install-debian.sh ${left.join(' ')}`);
  process.exit(1);
}

/** Node 24: this one, or the one that `npm ci` brought. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const bundled = join(folder, 'bin/node');
    if (existsSync(bundled)) return bundled;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  console.error('The tests need Node 24: run `npm ci`, which brings it, or install it.');
  return process.exit(1);
}

function testFiles(filters) {
  const files = ['src', 'test', 'web/src', 'bench']
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
  return filters.length === 0 ? files : files.filter((name) => filters.some((filter) => name.includes(filter)));
}

const files = testFiles(process.argv.slice(2));
if (files.length === 0) {
  console.error('No test file has that in its path.');
  process.exit(2);
}
provide();

/** These fill the machine, or measure how late pictures are on it: they run by themselves, behind all others. */
const ALONE = /^(?:test\/e2e\/(?:bench|camera-garbage|slow-viewers|page\/(?:delay|many))|src\/bench\/modes\/|bench\/)/;

const alone = files.filter((name) => ALONE.test(name));
const others = files.filter((name) => !ALONE.test(name));
let child = null;
let ended = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    ended = true;
    child?.kill(signal);
  });
}

/** Runs test files, so many at the same time; the exit code. */
function runTests(names, concurrency) {
  if (names.length === 0 || ended) return Promise.resolve(0);
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${TEST_LIMIT_MS}`];
  child = spawn(findNode(), ['--test', ...options, ...names], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const { pid } = child;
  const watch = setInterval(() => endHungFiles(pid), LOOK_EVERY_MS);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(signal === null ? (code ?? 1) : 1);
    });
  });
}

/** Ends test files that run for more than ten minutes, with all that they started: they fail, and the others go on. */
function endHungFiles(runner) {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,etimes=,args='], { encoding: 'utf8' });
  const rows = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  const below = (parent) =>
    rows.filter(([, ppid]) => Number(ppid) === parent).flatMap((row) => [row, ...below(Number(row[0]))]);
  for (const [pid, ppid, seconds, ...args] of below(runner)) {
    if (Number(ppid) !== runner || Number(seconds) < FILE_LIMIT_S) continue;
    console.error(`${args.at(-1)} has not ended after ${seconds} s: it is killed.`);
    for (const id of [Number(pid), ...below(Number(pid)).map(([child]) => Number(child))]) {
      try {
        process.kill(id, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }
}

const codes = [await runTests(others, CONCURRENCY), await runTests(alone, 1)];
process.exitCode = ended ? 1 : Math.max(...codes);
