// The searching half of the fake server: a search that a test leads, followed by the page as server-sent events.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Discovery, DiscoveryRequest, FoundCamera } from '../../src/gateway/api/contract-discovery.ts';

const NONE: Discovery = {
  ...{ state: 'none', startedAt: null, endedAt: null, expiresAt: null },
  ...{ networks: [], cameras: [], problem: null },
};

const RUNS_ALREADY = {
  ...{ type: 'about:blank', title: 'Cameras are being looked for already.', code: 'search-running', retryable: true },
  hint: 'Wait until it has ended.',
};

export class FakeDiscovery {
  /** Bodies that began a search. */
  readonly asked: DiscoveryRequest[] = [];
  #now: Discovery = NONE;
  readonly #followers = new Set<ServerResponse>();

  /** Shows this of the search from now on; its followers end with it. */
  show(changes: Partial<Discovery>): void {
    this.#now = { ...this.#now, ...changes };
    for (const follower of this.#followers) {
      follower.write(`data: ${JSON.stringify(this.#now)}\n\n`);
      if (this.#now.state !== 'running') follower.end();
    }
  }

  /** Answers what is asked of a search; false for everything else. */
  async answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<boolean> {
    switch (`${request.method ?? 'GET'} ${url.pathname}`) {
      case 'GET /api/discovery':
        json(response, 200, this.#now);
        return true;
      case 'POST /api/discovery':
        if (this.#now.state === 'running') {
          json(response, 409, { ...RUNS_ALREADY, status: 409 });
          return true;
        }
        this.asked.push(JSON.parse(await text(request)) as DiscoveryRequest);
        this.#now = {
          ...this.#now,
          state: 'running',
          startedAt: '2026-01-02T03:04:05.000Z',
          networks: ['192.168.1.0/24'],
        };
        json(response, 201, this.#now);
        return true;
      case 'DELETE /api/discovery':
        this.show({ ...NONE });
        response.writeHead(204).end();
        return true;
      case 'GET /api/discovery/events':
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify(this.#now)}\n\n`);
        this.#followers.add(response);
        response.once('close', () => this.#followers.delete(response));
        return true;
      default:
        return false;
    }
  }

  /** Pages that follow it now. */
  get followers(): number {
    return this.#followers.size;
  }
}

/** A camera as a search shows it. */
export function foundCamera(address: string, changes: Partial<FoundCamera> = {}): FoundCamera {
  return {
    ...{ id: `address:${address}`, address, otherAddresses: [], mac: 'ec:71:db:00:00:01', serial: null },
    ...{ name: null, maker: 'Reolink', model: 'RLC-410', ways: ['neighbours', 'ports'], services: [] },
    streams: [
      stream(`rtsp://${address}:554/h264Preview_01_main`, 'main', 2560),
      stream(`rtsp://${address}:554/sub`, 'sub', 640),
    ],
    ...{ needsPassword: false, cameras: [], ...changes },
  };
}

function stream(source: string, label: string, width: number): FoundCamera['streams'][number] {
  return { source, label, way: 'paths', confirmed: true, codec: 'h264', width, height: (width * 9) / 16, fps: 25 };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
