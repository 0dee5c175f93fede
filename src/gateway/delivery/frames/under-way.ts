// The pictures that a client was sent and has not answered, and how old they were when it did. Each picture is followed
// by a ping: any WebSocket library answers it when it has read so far, so a client that says nothing is never sent more
// than its library takes. A client that acknowledges tells more: when it is done with a picture. Then only that counts.

/** What an answer tells. */
export interface Answered {
  /** From capture to the answer, less half of the way there and back. */
  readonly delayMs: number;
  /** That half, of the quickest ping. */
  readonly uncertaintyMs: number;
}

interface Sent {
  readonly sequence: number;
  readonly capturedAtUs: number;
}

export class UnderWay {
  readonly #most: number;
  readonly #acks: boolean;
  readonly #sent: Sent[] = [];
  #mark = '';
  #pingedUs: number | null = null;
  #tripUs = Infinity;

  /** `ahead`: pictures that may be sent ahead of acknowledgements; null: there are none, and pings tell. */
  constructor(ahead: number | null) {
    this.#most = ahead ?? 1;
    this.#acks = ahead !== null;
  }

  get hasRoom(): boolean {
    return this.#sent.length < this.#most;
  }

  /** What to ping with: names the newest picture, as a client may answer the last of several pings only (RFC 6455, 5.5.3). */
  get mark(): string {
    return this.#mark;
  }

  /** A picture goes out, with a ping right behind it. */
  add(sent: Sent, nowUs: number): void {
    this.#sent.push(sent);
    this.#mark = String(sent.sequence);
    this.#pingedUs = nowUs;
  }

  /** The client's library answered a ping. Null: it frees nothing. */
  pong(mark: string, nowUs: number): Answered | null {
    if (mark === this.#mark && this.#pingedUs !== null) {
      this.#tripUs = Math.min(this.#tripUs, nowUs - this.#pingedUs);
      this.#pingedUs = null;
    }
    return this.#acks ? null : this.#done((sent) => String(sent.sequence) === mark, nowUs);
  }

  /** The client is done with a picture. Null: it was not sent that one, or said so before. */
  ack(sequence: number, nowUs: number): Answered | null {
    return this.#done((sent) => sent.sequence === sequence, nowUs);
  }

  #done(isIt: (sent: Sent) => boolean, nowUs: number): Answered | null {
    const at = this.#sent.findIndex(isIt);
    const found = this.#sent[at];
    if (found === undefined) return null;
    this.#sent.splice(0, at + 1);
    const backUs = Number.isFinite(this.#tripUs) ? this.#tripUs / 2 : 0;
    return { delayMs: Math.max(0, nowUs - found.capturedAtUs - backUs) / 1000, uncertaintyMs: backUs / 1000 };
  }
}
