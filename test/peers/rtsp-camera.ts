// Starts the GStreamer RTSP camera of rtsp-camera.py for tests, kills it as a power cut would, and brings it back on
// the same port.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface RtspCameraOptions {
  /** Default h264. */
  readonly codec?: 'h264' | 'jpeg';
  /** Default a moving ball; halves: white on the left, black on the right. */
  readonly pattern?: 'ball' | 'halves';
  /** Default 320x240. */
  readonly size?: `${number}x${number}`;
  /** Default 15. */
  readonly fps?: number;
  readonly user?: string;
  readonly password?: string;
  /** Default digest. */
  readonly auth?: 'basic' | 'digest';
  /** Paths of PEM files: the camera speaks rtsps. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Default: a free one. */
  readonly port?: number;
  /** Paths and the size of what each shows. Default /camera, in `size`. */
  readonly mounts?: Readonly<Record<string, `${number}x${number}`>>;
  /** A host of a lab (`enter`, `address`). Default: this machine, on loopback. */
  readonly place?: { readonly enter: readonly string[]; readonly address: string };
}

export interface RtspCamera extends AsyncDisposable {
  /** Without credentials. */
  readonly url: string;
  readonly port: number;
  /** Ends it by a signal and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it without ending it: the connections stay, nothing comes. */
  pause(): void;
  /** Lets it go on after `pause`. */
  resume(): void;
  /** Starts it anew on the same port, with other options if given; ends it first if it runs. */
  restart(changes?: RtspCameraOptions): Promise<void>;
  close(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('rtsp-camera.py', import.meta.url));

/** Starts a camera; resolves once it listens. */
export async function startRtspCamera(options: RtspCameraOptions = {}): Promise<RtspCamera> {
  let { child, port } = await start(options, options.port ?? 0);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url: `${options.tls ? 'rtsps' : 'rtsp'}://${options.place?.address ?? '127.0.0.1'}:${port}${firstPath(options)}`,
    port,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart(changes = {}) {
      await kill('SIGKILL');
      ({ child, port } = await start({ ...options, ...changes }, port));
    },
    close: () => kill('SIGKILL'),
    [Symbol.asyncDispose]: () => kill('SIGKILL'),
  };
}

function firstPath({ mounts = {} }: RtspCameraOptions): string {
  return Object.keys(mounts)[0] ?? '/camera';
}

async function start(options: RtspCameraOptions, port: number): Promise<{ child: ChildProcess; port: number }> {
  const { codec, pattern, size, fps, user, password, auth, tls, place, mounts = {} } = options;
  const values = { port, codec, pattern, size, fps, user, password, auth, cert: tls?.cert, key: tls?.key };
  const args = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  args.push(...Object.entries(mounts).map(([path, shown]) => `--mount=${path}=${shown}`));
  if (place) args.push('--address=0.0.0.0');
  const [program, ...before] = [...(place?.enter ?? []), '/usr/bin/python3', SCRIPT];
  const child = spawn(program, [...before, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const said = JSON.parse(line) as { port: number };
    return { child, port: said.port };
  }
  throw new Error('the test camera ended before it listened: are the GStreamer packages installed?');
}
