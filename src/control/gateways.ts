// The gateways that serve viewers, as control knows them: one in this process, or workers of their own. Adds up what
// they report and asks all of them who watches a camera.

import type { GatewayReport, RequestCount, ViewerCount, ViewerInfo } from '../link/control-port.ts';

/** What control asks of a gateway. */
export interface GatewayPort {
  viewers(uid: string): readonly ViewerInfo[] | Promise<readonly ViewerInfo[]>;
}

/** One gateway that has joined. */
export interface Membership {
  report(report: GatewayReport): void;
  /** Its viewers are gone; what it counted stays in the sums. Leaving twice is harmless. */
  leave(): void;
}

const NONE: GatewayReport = { counts: [], requests: [] };

export class Gateways {
  readonly #members = new Map<GatewayPort, GatewayReport>();
  /** Counters of those that left, so that no sum ever falls. */
  #left: GatewayReport = NONE;

  join(port: GatewayPort): Membership {
    this.#members.set(port, NONE);
    return {
      report: (report) => {
        if (this.#members.has(port)) this.#members.set(port, report);
      },
      leave: () => {
        const last = this.#members.get(port);
        if (last === undefined) return;
        this.#members.delete(port);
        const counts = last.counts.map((count) => ({ ...count, viewers: 0 }));
        this.#left = sumsOf([this.#left, { ...last, counts }]);
      },
    };
  }

  /** What all gateways serve together. */
  sums(): GatewayReport {
    return sumsOf([this.#left, ...this.#members.values()]);
  }

  /** Who watches one camera. A gateway that cannot be asked now is left out. */
  async viewers(uid: string): Promise<readonly ViewerInfo[]> {
    const asked = [...this.#members.keys()].map(async (port) => port.viewers(uid));
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  /** Forgets what was counted of a camera that is no more. */
  forget(uid: string): void {
    this.#left = { ...this.#left, counts: this.#left.counts.filter((count) => count.uid !== uid) };
  }
}

function sumsOf(reports: readonly GatewayReport[]): GatewayReport {
  const counts = new Map<string, ViewerCount>();
  const requests = new Map<string, RequestCount>();
  for (const report of reports) {
    for (const count of report.counts) {
      const key = `${count.uid} ${count.via}`;
      counts.set(key, added(counts.get(key), count));
    }
    for (const request of report.requests) {
      const key = `${request.operation} ${request.status}`;
      requests.set(key, { ...request, count: request.count + (requests.get(key)?.count ?? 0) });
    }
  }
  return { counts: [...counts.values()], requests: [...requests.values()] };
}

function added(sum: ViewerCount | undefined, count: ViewerCount): ViewerCount {
  if (sum === undefined) return count;
  return {
    ...count,
    viewers: sum.viewers + count.viewers,
    sent: sum.sent + count.sent,
    dropped: sum.dropped + count.dropped,
    bytes: sum.bytes + count.bytes,
  };
}
