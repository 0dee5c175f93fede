// CPU per picture from H.264 to JPEG: our decoder, scaler and encoder beside ffmpeg alone, on the same clip, at the same
// JPEG size and colour range. `node bench/decode-encode.ts [CLIP]` prints one line of JSON; without a clip it draws one
// with noise, which is worse than footage.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VideoDecoder } from '../src/codec/ffmpeg/decoder.ts';
import { JpegEncoder } from '../src/codec/ffmpeg/jpeg-encoder.ts';
import { parseAvcC, parseSps } from '../src/media/h264.ts';
import { cutH264, runFfmpeg } from '../test/fixtures/clips.ts';
import type { Clip } from '../test/fixtures/clips.ts';

const FRAMES = 240;
const QUALITY = 80;
const DRAWN = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30,noise=alls=8:allf=t'];
const ENCODE = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-b:v', '4M', '-g', '30'];
const ANNEX_B = ['-bsf:v', 'h264_metadata=aud=insert', '-f', 'h264', '-'];

interface Cost {
  readonly cpuMs: number;
  readonly bytes: number;
}

async function annexB(path: string | undefined): Promise<Buffer> {
  const frames = ['-frames:v', String(FRAMES), '-pix_fmt', 'yuv420p'];
  return runFfmpeg([...(path === undefined ? DRAWN : ['-i', path]), '-an', ...frames, ...ENCODE, ...ANNEX_B]);
}

async function ours(clip: Clip, width: number | null): Promise<Cost & { readonly latencyMs: number }> {
  const decoder = await VideoDecoder.open(clip.track);
  const encoder = new JpegEncoder(width, QUALITY);
  const before = process.cpuUsage();
  const startMs = performance.now();
  let bytes = 0;
  for (const packet of clip.packets) {
    using frame = await decoder.send(packet);
    if (frame) bytes += (await encoder.encode(frame)).bytes.length;
  }
  const { user, system } = process.cpuUsage(before);
  const count = clip.packets.length;
  const latencyMs = (performance.now() - startMs) / count;
  await Promise.all([decoder.close(), encoder.close()]);
  return { cpuMs: (user + system) / 1000 / count, bytes: bytes / count, latencyMs };
}

/** The shell's `times` gives the CPU of its children: the second line, user and system. */
function cpuOf(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', '"$@"; times', 'bash', 'ffmpeg', ...args], (error, stdout) => {
      const found = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/.exec(stdout);
      if (error || !found) reject(error ?? new Error('no times in the shell’s output'));
      else resolve(1000 * (60 * (Number(found[1]) + Number(found[3])) + Number(found[2]) + Number(found[4])));
    });
  });
}

/** ffmpeg at the quantizer whose pictures come nearest to `bytes`. */
async function ffmpegAlone(
  folder: string,
  count: number,
  bytes: number,
): Promise<Cost & { readonly quantizer: number }> {
  let best: (Cost & { readonly quantizer: number }) | null = null;
  for (let quantizer = 3; quantizer <= 12; quantizer++) {
    const out = join(folder, 'out.mjpeg');
    const input = ['-v', 'error', '-nostdin', '-threads', '1', '-i', join(folder, 'clip.h264')];
    const output = ['-threads', '1', '-c:v', 'mjpeg', '-q:v', String(quantizer), '-vf', 'scale=out_range=full'];
    const cpuMs = (await cpuOf([...input, ...output, '-pix_fmt', 'yuvj420p', '-f', 'mjpeg', '-y', out])) / count;
    const size = (await stat(out)).size / count;
    if (best === null || Math.abs(size - bytes) < Math.abs(best.bytes - bytes))
      best = { cpuMs, bytes: size, quantizer };
    if (size < bytes) break;
  }
  return best!;
}

const folder = await mkdtemp(join(tmpdir(), 'sightline-bench-'));
try {
  const bytes = await annexB(process.argv[2]);
  await writeFile(join(folder, 'clip.h264'), bytes);
  const { track } = cutH264(bytes, { width: 0, height: 0 });
  const sps = parseSps(parseAvcC(track.config!)!.sps[0]!);
  const clip = cutH264(bytes, { width: sps?.width ?? 0, height: sps?.height ?? 0 });
  await ours(clip, null);
  const own = await ours(clip, null);
  const half = await ours(clip, 640);
  const alone = await ffmpegAlone(folder, clip.packets.length, own.bytes);
  const result = { frames: clip.packets.length, own, half, ffmpeg: alone, ratio: own.cpuMs / alone.cpuMs };
  console.log(
    JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
