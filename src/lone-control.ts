// Control without a gateway, for as long as one look at a camera takes: `sightline probe`, `sightline doctor` and the
// bench ask through it.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { SightlineError } from './base/errors.ts';
import { Scope } from './base/scope.ts';
import type { SourceAddress } from './config/camera.ts';
import { serverDefaults } from './config/schema.ts';
import { ConfigStore } from './config/store.ts';
import { AccessKeeper } from './control/access.ts';
import { Control } from './control/control.ts';
import { Directory } from './link/directory.ts';
import { lookAt } from './link/probe.ts';
import type { ProbeResult } from './link/probe.ts';
import { packageVersion } from './package.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import { StateFolder } from './state/folder.ts';

export interface LookOnceOptions {
  readonly source: SourceAddress;
  /** Check the certificate of rtsps and https cameras. */
  readonly tlsVerify: boolean;
  /** Ends the looking; the result is then the problem `stopping`. */
  readonly signal: AbortSignal;
}

/** Opens a source as the server would, looks at it, and closes everything again. */
export async function lookOnce({ source, tlsVerify, signal }: LookOnceOptions): Promise<ProbeResult> {
  await using camera = await openLoneCamera({ source, tlsVerify });
  return await lookAt(camera.uid, { ...camera, signal });
}

/** One camera that can be looked at while this is open, with processes of its own. */
export interface LoneCamera extends AsyncDisposable {
  readonly uid: string;
  readonly control: Control;
  readonly media: Directory;
}

export async function openLoneCamera({ source, tlsVerify }: Omit<LookOnceOptions, 'signal'>): Promise<LoneCamera> {
  if (source.kind === 'push') {
    throw new SightlineError('usage', 'push: cannot be looked at: a running server is sent its pictures', {
      hint: 'Write it as a source of `sightline serve`, then send pictures with PUT /cameras/{id}/frame.',
    });
  }
  const scope = new Scope();
  try {
    const { control, media } = await startControl(scope);
    const uid = control.openProbe({ source, tlsVerify, guarded: false });
    return { uid, control, media, [Symbol.asyncDispose]: () => scope.close() };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function startControl(scope: Scope): Promise<{ control: Control; media: Directory }> {
  const log = pino({ level: 'silent' });
  const folder = await makeRuntimeFolder();
  await scope.add(() => rm(folder, { recursive: true, force: true }));
  const media = new Directory({ role: 'probe' });
  await scope.add(() => media.close());
  const memory = await StateFolder.open(null, log);
  const { secret } = memory;
  const config = await ConfigStore.open({
    ...{ file: null, creates: path.join(folder, 'none.yaml'), cameras: [], overrides: {}, insecure: false },
    ...{
      fixed: new SightlineError('config-fixed', 'Nothing is kept here.').toProblem(),
      env: {},
      cwd: folder,
      secret,
      log,
    },
  });
  await scope.add(() => config.close());
  const access = new AccessKeeper({
    wishes: serverDefaults,
    insecure: false,
    localKey: null,
    folder: null,
    secret,
    log,
  });
  await scope.add(() => access.close());
  const control = new Control({
    ...{ version: packageVersion(), config, memory, access, folder, log },
    surroundings: null,
    heartbeat: () => ({ loopDelayMs: 0, rssBytes: 0, nativeCalls: 0, oldestNativeMs: 0, load: 0 }),
    onDirectory: (entries) => media.update(entries),
    examine: () => Promise.reject(new SightlineError('not-found', 'Nothing is kept here.')),
  });
  await scope.add(() => control.stop());
  return { control, media };
}
