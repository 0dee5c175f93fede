// The three ways to serve one camera, as sides of the comparison. Decoder, encoder, JPEG quality and the bytes around
// each picture are the same in all; what differs is who captures and who encodes.

import { parseAddress } from '../../config/address.ts';
import type { CameraUnderTest, ModeName, ServerUnderTest, Side } from '../types.ts';
import { startOwnServer } from './own-server.ts';
import type { OwnModeName } from './protocol.ts';
import { startSharedServer } from './shared.ts';

/** The sides named, in the order of the names. */
export function modeSides(camera: CameraUnderTest, names: readonly ModeName[]): Side[] {
  return names.map((name) => SIDES[name](camera));
}

const SIDES: Readonly<Record<ModeName, (camera: CameraUnderTest) => Side>> = {
  naive: (camera) => ({
    name: 'naive',
    kind: 'mode',
    words: `A capture for each request: every viewer opens the camera, decodes and encodes for itself${own(camera)}.`,
    lifetime: 'run',
    perViewer: true,
    start: (signal) => startOwn('naive', camera, signal),
  }),
  threaded: (camera) => ({
    name: 'threaded',
    kind: 'mode',
    words: `One capture keeps the newest picture; every viewer's response encodes it again${own(camera)}.`,
    lifetime: 'window',
    perViewer: false,
    start: (signal) => startOwn('threaded', camera, signal),
  }),
  shared: (camera) => ({
    name: 'shared',
    kind: 'mode',
    words: isJpeg(camera)
      ? "Sightline: one capture, and the camera's own JPEGs untouched for all viewers."
      : 'Sightline: one capture and one encoding for all viewers.',
    lifetime: 'run',
    perViewer: false,
    start: (signal) => startSharedServer(camera.source, signal),
  }),
};

async function startOwn(mode: OwnModeName, camera: CameraUnderTest, signal: AbortSignal): Promise<ServerUnderTest> {
  return startOwnServer({ mode, address: parseAddress(camera.source, { cwd: process.cwd() }), signal });
}

/** Said of a mode that decodes JPEGs only to encode them again, as OpenCV does. */
function own(camera: CameraUnderTest): string {
  return isJpeg(camera) ? ', although the camera sends JPEG' : '';
}

function isJpeg(camera: CameraUnderTest): boolean {
  return camera.codec === 'mjpeg';
}
