// A producer in a process of its own, for the link's tests: serves packets without end until it is killed.
// argv: socket path, token, epoch.

import { LinkServer } from './server.ts';
import { makePacket, TRACK } from './test-feeds.ts';
import type { Feed, FeedMessage } from './types.ts';

const [path, token, epoch] = process.argv.slice(2);

class EndlessFeed implements Feed {
  onReady: (() => void) | null = null;
  #sequence = -1;

  take(): FeedMessage {
    if (this.#sequence++ < 0) return { kind: 'tracks', epoch: Number(epoch), tracks: [TRACK], liveSequence: 0 };
    const packet = makePacket(this.#sequence % 1000, Number(epoch));
    return { kind: 'packet', packet: { ...packet, data: Buffer.alloc(100_000) } };
  }

  close(): void {
    this.#sequence = -1;
  }
}

await LinkServer.listen({ path: path!, token: token!, provide: () => new EndlessFeed() });
process.once('disconnect', () => process.exit(0));
process.send?.('listening');
