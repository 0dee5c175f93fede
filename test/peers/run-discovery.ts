// Looks for cameras as the server does, on a host of a lab, and says a line for each camera as it is first listed and one
// at the end, in JSON: milliseconds since the beginning, and what is still open. `node run-discovery.ts USER PASSWORD`.

import { localNetworks } from '../../src/discovery/networks.ts';
import { discover } from '../../src/discovery/run.ts';
import { usualInspectors, usualWays } from '../../src/discovery/usual.ts';

const [, , username = '', password = ''] = process.argv;
const listed = new Set<string>();
const beganMs = performance.now();
const cameras = await discover({
  ...{ networks: localNetworks(), ways: usualWays(), inspectors: usualInspectors() },
  ...{ login: { username, password }, signal: new AbortController().signal },
  onCamera({ address }) {
    if (listed.has(address)) return;
    listed.add(address);
    console.log(JSON.stringify({ listed: address, atMs: performance.now() - beganMs }));
  },
});
const opened = cameras.filter(({ streams }) => streams.some(({ confirmed }) => confirmed)).length;
const atMs = performance.now() - beganMs;
// A socket that was destroyed is gone when the turn of the loop has ended: its handle is closed after the immediates.
await new Promise(setImmediate);
await new Promise(setImmediate);
const left = process.getActiveResourcesInfo().filter((name) => /TCP|UDP|Timeout/.test(name));
console.log(JSON.stringify({ cameras: cameras.length, opened, left, atMs }));
