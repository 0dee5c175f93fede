// OpenCV inside a processor's worker thread: loaded once, its C++ exceptions turned into errors with a stack, and the
// Mats that a processor makes counted, because nobody frees them but it.

import { createRequire } from 'node:module';
import type { Cv, Mat } from './contract.ts';

export interface LoadedCv {
  readonly cv: Cv;
  /** Mats alive that were made by the processor's own code. */
  liveMats(): number;
  /** Size of OpenCV's memory, bytes. It grows and never shrinks. */
  heapBytes(): number;
  /** Makes something that is not counted: the host's own. */
  uncounted<T>(make: () => T): T;
}

/** Is told of each Mat that the processor's own code makes and frees. */
export interface MatWatcher {
  made(mat: object): void;
  gone(mat: object): void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Members = Record<string, unknown>;

const MAX_MESSAGE = 300;

/** Loads OpenCV: about half a second, and 130 MB of memory. */
export async function loadCv(watcher: MatWatcher | null = null): Promise<LoadedCv> {
  const require = createRequire(import.meta.url);
  const cv = (await (require('@techstark/opencv-js') as Promise<Cv>)) as Cv & Members;
  return new TrackedCv(cv, watcher).face();
}

class TrackedCv {
  readonly #cv: Cv & Members;
  readonly #Mat: new () => Mat;
  readonly #probe: Mat;
  readonly #counted = new WeakSet<object>();
  readonly #watcher: MatWatcher | null;
  #live = 0;
  #isPaused = false;

  constructor(cv: Cv & Members, watcher: MatWatcher | null) {
    this.#cv = cv;
    this.#watcher = watcher;
    this.#Mat = cv.Mat;
    this.#probe = new cv.Mat(1, 1, cv.CV_8UC1);
    for (const [name, member] of Object.entries(cv as Members)) {
      if (typeof member !== 'function') continue;
      if (isClass(member)) this.#watchClass((member as unknown as { prototype: Members }).prototype);
      else if (name !== 'exceptionFromPtr') (cv as Members)[name] = this.#watched(member as AnyFunction, name);
    }
    this.#watchMats();
  }

  face(): LoadedCv {
    return {
      cv: this.#cv,
      liveMats: () => this.#live,
      heapBytes: () => this.#probe.data.buffer.byteLength,
      uncounted: (make) => {
        this.#isPaused = true;
        try {
          return make();
        } finally {
          this.#isPaused = false;
        }
      },
    };
  }

  #watchClass(prototype: Members): void {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor' || typeof value !== 'function') continue;
      prototype[name] = this.#watched(value as AnyFunction, name);
    }
  }

  /** `new cv.Mat(...)` and `mat.delete()`. */
  #watchMats(): void {
    const made = (mat: unknown): unknown => this.#count(mat);
    const failed = (error: unknown): never => this.#fail(error, 'Mat');
    const { Mat } = this.#cv as unknown as { Mat: new (...args: unknown[]) => Mat };
    (this.#cv as Members)['Mat'] = new Proxy(Mat, {
      construct(target, args, newTarget) {
        try {
          return made(Reflect.construct(target, args, newTarget === mats() ? target : newTarget)) as object;
        } catch (error) {
          return failed(error);
        }
      },
    });
    const mats = (): unknown => this.#cv.Mat;
    const prototype = Mat.prototype as unknown as Members;
    // The binding's own `clone` is one more handle on the same pixels.
    prototype['clone'] = prototype['mat_clone'];
    const remove = prototype['delete'] as AnyFunction;
    const counted = this.#counted;
    const gone = (mat: object): void => {
      this.#live--;
      this.#watcher?.gone(mat);
    };
    prototype['delete'] = function (this: object) {
      if (counted.delete(this)) gone(this);
      return remove.call(this);
    };
  }

  #watched(call: AnyFunction, name: string): AnyFunction {
    const made = (result: unknown): unknown => this.#count(result);
    const failed = (error: unknown): never => this.#fail(error, name);
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      try {
        return made(call.apply(this, args));
      } catch (error) {
        return failed(error);
      }
    };
    // `cv.Scalar` and its like are made with `new`, and need what they inherit.
    if (call.prototype !== undefined) watched.prototype = call.prototype as unknown;
    // The binding keeps a function's overloads as a property of it.
    return Object.assign(watched, call);
  }

  #count(result: unknown): unknown {
    if (this.#isPaused || typeof result !== 'object' || result === null || !(result instanceof this.#Mat))
      return result;
    if (!this.#counted.has(result)) {
      this.#counted.add(result);
      this.#live++;
      this.#watcher?.made(result);
    }
    return result;
  }

  /** A C++ exception is thrown as its address; the binding's own errors list every overload. */
  #fail(error: unknown, name: string): never {
    if (typeof error === 'number') throw new Error(`cv.${name}: ${this.#messageAt(error)}`);
    if (error instanceof Error && error.name === 'BindingError') {
      throw new Error(`cv.${name}: ${error.message.split(' - expects one of')[0]!.slice(0, MAX_MESSAGE)}`);
    }
    throw error;
  }

  #messageAt(address: number): string {
    const cv = this.#cv as unknown as { exceptionFromPtr(at: number): { readonly msg: string } };
    const text = cv.exceptionFromPtr(address).msg;
    const reason = text.split('\n').filter((line) => line.startsWith('>'));
    const plain = reason.length > 0 ? reason.join(' ').replaceAll('>', '') : text.replace(/^.*error: /s, '');
    return plain.replace(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE);
  }
}

function isClass(member: object): boolean {
  const { prototype } = member as { prototype?: unknown };
  return typeof prototype === 'object' && prototype !== null && 'delete' in prototype;
}
