// The peers of `delay`: programs of the field that turn the same camera into MJPEG, each where this machine has it.

import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Camera } from '../ground/camera.ts';
import { until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { firstLine } from '../ground/lines.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { GO2RTC_PATH, go2rtcConfig } from '../peers/go2rtc.ts';

export interface RunningPeer {
  readonly name: string;
  readonly address: { readonly port: number; readonly path: string } | null;
}

export async function startPeers(
  context: Context,
  camera: Camera,
): Promise<{ peers: RunningPeer[]; stop: () => Promise<void> }> {
  const stops: (() => Promise<void>)[] = [];
  const peers = [await startOpencv(context, camera, stops), await startGo2rtc(context, camera, stops)];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  return { peers, stop };
}

async function startOpencv(context: Context, camera: Camera, stops: (() => Promise<void>)[]): Promise<RunningPeer> {
  const python = join(context.out, 'venv/bin/python');
  const there = existsSync(python) && spawnSync(python, ['-c', 'import cv2']).status === 0;
  if (!there) return { name: 'opencv-python', address: null };
  const program = join(context.root, 'bench/delay/opencv_server.py');
  const child = context.processes.start(python, [program, camera.url()], { stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(() => context.processes.stop(child));
  const port = Number((await firstLine(child, 'opencv-python')).split(' ')[1]);
  return { name: 'opencv-python', address: { port, path: '/' } };
}

/** go2rtc is a program of its own that nothing here installs: it is asked when its path is given or it stands on the PATH. */
async function startGo2rtc(context: Context, camera: Camera, stops: (() => Promise<void>)[]): Promise<RunningPeer> {
  const program = context.go2rtc ?? 'go2rtc';
  if (spawnSync(program, ['--version']).error !== undefined) return { name: 'go2rtc', address: null };
  const port = await freePort();
  const config = go2rtcConfig(camera.url(), port);
  const child = context.processes.start(program, ['--config', config], { stdio: 'ignore' });
  stops.push(() => context.processes.stop(child));
  const origin = `http://127.0.0.1:${port}`;
  await until('go2rtc is ready', 10_000, () =>
    fetch(`${origin}/api/streams`).then(
      (answer) => answer.ok || null,
      () => null,
    ),
  );
  return { name: 'go2rtc', address: { port, path: GO2RTC_PATH } };
}
