// Entry of an ingest process: opens network cameras (RTSP, HTTP), takes the pictures of those that are sent them, and serves their packets on its media socket.
// TypeScript only: no native code runs here, so nothing that a camera sends can crash it.

import { DialGuard } from '../base/dial-guard.ts';
import { CaptureCameras } from '../capture/cameras.ts';
import type { CameraSpec } from '../config/camera.ts';
import { runChild } from '../link/child.ts';
import { SlabPool } from '../media/depacketize/slab-pool.ts';
import type { Source } from '../media/types.ts';
import { openNetworkSource } from './sources/open.ts';

/** Memory that no camera needed for so long is given up. */
const TRIM_MS = 10_000;

const pool = new SlabPool();
setInterval(() => pool.trim(), TRIM_MS).unref();

function openSource({ address, tlsVerify, digestOnly = false }: CameraSpec, current: () => CameraSpec): Source {
  const id = (): string => current().id;
  return openNetworkSource({ address, tlsVerify, digestOnly, guard: new DialGuard(() => current().guard), pool, id });
}

await runChild((context) => {
  const cameras = new CaptureCameras({ openSource, onReports: (reports) => context.tellOrigins(reports) });
  return {
    provide: (request) => cameras.provide(request),
    configure: (specs) => cameras.configure(specs),
    origins: () => cameras.reports(),
    codecs: () => [],
    native: () => ({ nativeCalls: 0, oldestNativeMs: 0 }),
    shed: () => undefined,
    close: () => cameras.close(),
  };
});
