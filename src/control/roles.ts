// The kinds of child processes, as one visible table: entry, threads, limits; and how each is forked.

import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Those that capture and decode. */
export type ChildRole = 'ingest' | 'codec';

export type ProcessRole = ChildRole | 'gateway';

export interface RoleFacts {
  /** The module that the process runs. */
  readonly entry: URL;
  /** Threads for native calls; read once by the runtime, so it is set when forking. */
  readonly threads: number;
  readonly flags: readonly string[];
  /** Settings of glibc's allocator, read once when the process starts; other systems ignore them. */
  readonly allocator: Readonly<Record<string, string>>;
  /** Above this resident size it is killed and replaced. */
  readonly memoryLimitBytes: number;
}

const MB = 1024 * 1024;
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export const ROLES: Readonly<Record<ProcessRole, RoleFacts>> = {
  ingest: {
    entry: new URL(`../ingest/main.${extension}`, import.meta.url),
    threads: 4,
    // Its heap is small and mostly packets that live for a second: without these it grows to three times what it needs.
    flags: ['--optimize-for-size', '--max-semi-space-size=2'],
    allocator: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '1048576', MALLOC_MMAP_THRESHOLD_: '1048576' },
    memoryLimitBytes: 1024 * MB,
  },
  codec: {
    entry: new URL(`../codec/main.${extension}`, import.meta.url),
    threads: 8,
    flags: ['--max-semi-space-size=4'],
    // Many threads and few long-lived blocks: without these it keeps 12 MB that nobody uses.
    allocator: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '262144', MALLOC_MMAP_THRESHOLD_: '131072' },
    memoryLimitBytes: 2048 * MB,
  },
  gateway: {
    entry: new URL(`../gateway/main.${extension}`, import.meta.url),
    threads: 4,
    flags: ['--max-semi-space-size=4'],
    allocator: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '1048576', MALLOC_MMAP_THRESHOLD_: '1048576' },
    memoryLimitBytes: 2048 * MB,
  },
};

export interface ForkSettings {
  readonly exec: string;
  readonly execArgv: string[];
  readonly serialization: 'advanced';
  readonly stdio: ['ignore', 'inherit', 'inherit', 'ipc'];
  readonly env: NodeJS.ProcessEnv;
}

/** What a process of this role is forked with. Nothing is read from us, what it writes goes where ours goes. */
export function forkSettings(role: ProcessRole): ForkSettings {
  const { entry, threads, flags, allocator } = ROLES[role];
  const cache = getCompileCacheDir();
  return {
    exec: fileURLToPath(entry),
    execArgv: [...flags],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...allocator,
      ...process.env,
      UV_THREADPOOL_SIZE: String(threads),
      ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
    },
  };
}
