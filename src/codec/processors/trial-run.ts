// One trial under way: hands frame after frame to a processor, set up anew when their size changes, and keeps what came
// of each.

import type { Drawing, Pixels } from './contract.ts';
import type { FromWorker, WorkerEvent, WorkerPicture } from './protocol.ts';
import type { TrialFrame } from './trial-frames.ts';
import type { UserProcessor } from './user-processor.ts';

type Done = Extract<FromWorker, { kind: 'done' }>;

/** What the server allows where the config says nothing else. */
const TIMEOUT_MS = 2000;
const MEMORY_MB = 512;
const MB = 1e6;
/** A moment that is the same in every run. */
const BEGIN_UNIX_US = 1_790_000_000_000_000;

interface RunFrame {
  readonly atMs: number;
  readonly tookMs: number;
  readonly picture: Pixels | null;
  readonly drawings: readonly Drawing[];
  readonly events: readonly WorkerEvent[];
}

export class TrialRun {
  readonly frames: RunFrame[] = [];
  readonly findings: string[] = [];
  readonly #processor: UserProcessor;
  readonly #watched: boolean;
  #slot = new SharedArrayBuffer(0);
  #size = '';
  #isLarge = false;

  constructor(processor: UserProcessor, watched: boolean) {
    this.#processor = processor;
    this.#watched = watched;
  }

  /** Rejects with what the processor threw. */
  async take({ data, width, height, atUs }: TrialFrame): Promise<void> {
    if (this.#size !== `${width}x${height}`) {
      this.#size = `${width}x${height}`;
      this.#slot = new SharedArrayBuffer(data.length);
      await this.#processor.setup({ kind: 'setup', width, height, slots: [this.#slot] });
    }
    new Uint8Array(this.#slot).set(data);
    const done = await this.#processor.process({
      kind: 'frame',
      slot: 0,
      sequence: this.frames.length + 1,
      capturedUnixUs: BEGIN_UNIX_US + atUs,
      clock: 'device',
      uncertaintyUs: null,
      watched: this.#watched,
    });
    this.#note(done, atUs);
  }

  #note({ tookUs, picture, drawings, events, memory }: Done, atUs: number): void {
    const tookMs = tookUs / 1000;
    const atMs = atUs / 1000;
    this.frames.push({ atMs, tookMs, picture: pixelsOf(picture), drawings: drawings ?? [], events });
    if (tookMs > TIMEOUT_MS) {
      const took = `frame ${this.frames.length} took ${(tookMs / 1000).toFixed(1)} s`;
      this.findings.push(`${took}: the server ends what takes longer than timeoutMs, by default 2 s`);
    }
    const bytes = memory.heapBytes + memory.jsBytes;
    if (bytes <= MEMORY_MB * MB || this.#isLarge) return;
    this.#isLarge = true;
    const takes = `at frame ${this.frames.length} it takes ${Math.round(bytes / MB)} MB`;
    this.findings.push(`${takes}: the server ends what takes more than memoryMb, by default ${MEMORY_MB}`);
  }
}

/** A copy: the buffer is written again. */
function pixelsOf(picture: WorkerPicture | null): Pixels | null {
  if (picture === null) return null;
  const { buffer, width, height, format } = picture;
  return { data: new Uint8Array(new Uint8Array(buffer)), width, height, format };
}
