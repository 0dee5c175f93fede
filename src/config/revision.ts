// A camera's revision: a short fingerprint of its wishes, for If-Match. It is keyed, so that nobody can guess a password
// from it, and the same again after a restart.

import { createHmac } from 'node:crypto';
import type { CameraConfig } from './load.ts';

const LENGTH = 16;

/** 16 hex digits that change with any wish of the camera, its id and its secrets included. */
export function revisionOf(camera: CameraConfig, secret: Buffer): string {
  const { id, name, source, always, enabled, tlsVerify, processors } = camera;
  const { kind, target, display, credentials } = source;
  const wishes = [id, name, kind, target, display, credentials?.username ?? null, credentials?.password ?? null];
  return createHmac('sha256', secret)
    .update(JSON.stringify([...wishes, always, enabled, tlsVerify, ...(processors.length === 0 ? [] : [processors])]))
    .digest('hex')
    .slice(0, LENGTH);
}
