// Says on stderr how far a long command is: one line that is rewritten on a terminal, a line for each word elsewhere.

const CLEAR = '\r\x1b[2K';

export class ProgressLine {
  readonly #stream = process.stderr;

  /** `done`: 0 to 1. */
  show(done: number, text: string): void {
    const line = `[${String(Math.floor(done * 100)).padStart(3)} %] ${text}`;
    if (this.#stream.isTTY) this.#stream.write(`${CLEAR}${line.slice(0, Math.max(20, this.#stream.columns - 1))}`);
    else this.#stream.write(`${line}\n`);
  }

  /** How it stands, where somebody watches: nothing is said elsewhere. */
  tell(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(`${CLEAR}${text.slice(0, Math.max(20, this.#stream.columns - 1))}`);
  }

  /** A sentence that stays. */
  say(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? CLEAR : ''}${text}\n`);
  }

  /** Leaves the line empty for what comes next. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(CLEAR);
  }
}
