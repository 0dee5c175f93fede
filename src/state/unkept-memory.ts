// A memory that ends with the process: for a probe of the command line, which leaves nothing behind.

import { randomBytes } from 'node:crypto';
import { uuidV7 } from '../base/uuid.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { CameraMemory, PictureSize } from './types.ts';

export class UnkeptMemory implements CameraMemory {
  readonly path = null;
  readonly localKey = randomBytes(32).toString('base64url');
  readonly secret = randomBytes(32);
  readonly #uids = new Map<string, string>();
  readonly #sizes = new Map<string, PictureSize>();
  readonly #guarded = new Map<string, string>();

  uidOf(id: string): string {
    const uid = this.#uids.get(id) ?? uuidV7();
    this.#uids.set(id, uid);
    return uid;
  }

  rename(uid: string, newId: string): void {
    this.forget(uid);
    this.#uids.set(newId, uid);
  }

  retain(): void {
    // What is known of others may stay: it ends with the process.
  }

  forget(uid: string): void {
    for (const [id, known] of this.#uids) if (known === uid) this.#uids.delete(id);
  }

  sizeOf(uid: string): PictureSize | null {
    return this.#sizes.get(uid) ?? null;
  }

  setSize(uid: string, size: PictureSize): void {
    this.#sizes.set(uid, size);
  }

  guard(uid: string, source: SourceAddress): void {
    this.#guarded.set(uid, source.target);
  }

  isGuarded(uid: string, source: SourceAddress): boolean {
    return this.#guarded.get(uid) === source.target;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
