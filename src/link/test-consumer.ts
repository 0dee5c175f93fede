// A consumer in a process of its own, for the link's tests: subscribes to pictures, blocks its event loop when told to,
// and tells its parent over the control lane what it got. argv: socket path, token.

import { ControlLane } from './control-lane.ts';
import { LinkClient } from './client.ts';
import { JPEGS } from './test-feeds.ts';

/** What the test asks of its consumer. */
export interface ConsumerMethods {
  block: { params: { ms: number }; result: null };
  newest: { params: null; result: { sequence: number; received: number } };
}

/** What the consumer tells the test. */
export interface ConsumerReports {
  blocking: { params: null; result: null };
  unblocked: { params: null; result: null };
}

const [path, token] = process.argv.slice(2);
const client = await LinkClient.dial({ endpoint: { path: path!, token: token! }, role: 'blocked consumer' });
let sequence = 0;
let received = 0;
client.subscribe(JPEGS, {
  jpeg: (jpeg) => {
    sequence = jpeg.sequence;
    received++;
  },
  end: () => process.exit(0),
});

const lane = new ControlLane<ConsumerReports, ConsumerMethods>(process, {
  block: ({ ms }) => {
    lane.tell('blocking', null);
    setImmediate(() => {
      const until = performance.now() + ms;
      while (performance.now() < until);
      lane.tell('unblocked', null);
    });
    return null;
  },
  newest: () => ({ sequence, received }),
});
