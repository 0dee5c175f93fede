// What a change of address costs without a server: one RTSP session is ended and another begun, by our client alone.

import { UNGUARDED } from '../../src/base/dial-guard.ts';
import { parseAddress } from '../../src/config/address.ts';
import { createRtspSource } from '../../src/ingest/sources/rtsp.ts';

export class BareSession {
  #stop: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();

  /** Ends the session that there is and begins one at `url`; resolves with its first picture, which begins a group. */
  async move(url: string): Promise<void> {
    await this.close();
    const stop = new AbortController();
    const source = createRtspSource({
      address: parseAddress(url, { cwd: process.cwd() }),
      tlsVerify: true,
      guard: UNGUARDED,
    });
    await new Promise<void>((resolve, reject) => {
      const unit = ({ key }: { readonly key: boolean }) => {
        if (key) resolve();
      };
      const sink = { begin: () => undefined, quirk: () => undefined, unit };
      this.#stop = stop;
      this.#ended = source.run(sink, stop.signal).catch(reject);
    });
  }

  async close(): Promise<void> {
    this.#stop?.abort();
    await this.#ended;
  }
}
