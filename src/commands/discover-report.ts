// What `sightline discover` found, as text for a terminal: a block for each camera, with what to type to see it.

import { styleText } from 'node:util';
import type { FoundCamera, FoundStream, LocalNetwork, Way } from '../discovery/types.ts';

const WAYS: Readonly<Record<Way, string>> = {
  neighbours: 'ARP',
  ports: 'open ports',
  'ws-discovery': 'WS-Discovery',
  mdns: 'mDNS',
  phone: 'phone app',
  onvif: 'ONVIF',
  paths: 'its streams',
};
const LABEL_WIDTH = 10;
/** What is shown of a camera that names more. */
const MAX_STREAMS = 6;

const NOTHING_FOUND = [
  'No camera was found. To check:',
  '  the camera has power and is in this network: routers list their devices on their page, with addresses;',
  '  this machine is in the same network, not in a guest network that keeps devices apart: see --interface, --subnet;',
  '  RTSP or ONVIF is switched on in the camera, or in its app (Tapo: "Camera account"; Reolink, Wyze: "Port settings").',
].join('\n');

/** Where it is looked, one line a network, and what is left out of it. */
export function networkLines(networks: readonly LocalNetwork[]): string[] {
  return networks.map(({ interface: name, cidr, partOf, attached }) => {
    const cut = partOf === null ? '' : `, a part of ${partOf}: name more with --subnet`;
    return `Looking through ${cidr}${attached ? ` (${name})` : ', behind a router: no MACs, no multicast'}${cut}`;
  });
}

/** All cameras, or what to check when there are none. `username`: whom the person let it log in as; null for nobody. */
export function cameraBlocks(cameras: readonly FoundCamera[], username: string | null): string {
  if (cameras.length === 0) return NOTHING_FOUND;
  return cameras.map((camera, index) => block(camera, username, index + 1)).join('\n\n');
}

function block(camera: FoundCamera, username: string | null, number: number): string {
  const { address, otherAddresses, mac, maker, model, name, ways, streams, services } = camera;
  const what = [maker, model].filter((part) => part !== null).join(' ') || 'a camera';
  const bold = (text: string): string => styleText('bold', text, { validateStream: true, stream: process.stdout });
  const rows: [string, string][] = [['found by', foundBy(ways, mac)]];
  if (mac !== null) rows.unshift(['MAC', mac]);
  if (name !== null) rows.unshift(['name', name]);
  if (otherAddresses.length > 0) rows.push(['also at', otherAddresses.join(', ')]);
  for (const stream of streams.slice(0, MAX_STREAMS)) rows.push(['pictures', streamText(stream)]);
  if (streams.length === 0) rows.push(['pages', services.map(({ url }) => url).join(' ')]);
  const lines = rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`);
  return [bold(`${address}  ${what}`), ...lines, ...use(camera, username, number)].join('\n');
}

/** Behind a router nobody's MAC is asked for. */
function foundBy(ways: readonly Way[], mac: string | null): string {
  return ways.flatMap((way) => (way === 'neighbours' && mac === null ? [] : [WAYS[way]])).join(', ');
}

function streamText({ source, label, codec, width, height, fps, confirmed }: FoundStream): string {
  const size = width > 0 ? `${width}x${height}` : '';
  const facts = [codec, size, fps > 0 ? `${fps} a second` : ''].filter(Boolean).join(', ');
  return `${source}  (${confirmed ? [label, facts].filter(Boolean).join(': ') : `${label}, not opened`})`;
}

/** The command to type, or the lines for the config file when a password is needed. */
function use(
  { address, streams: [best], needsPassword }: FoundCamera,
  username: string | null,
  number: number,
): string[] {
  const title = (text: string): string => `  ${'use'.padEnd(LABEL_WIDTH)}${text}`;
  if (needsPassword && username === null) {
    return [title(`needs a password: sightline discover --subnet ${address}/32 --user NAME`)];
  }
  if (needsPassword) {
    // Wrong, or asked for in clear, which looking never gives.
    const why = best === undefined ? 'is it that of this camera?' : doctorOf(best.source, username ?? '');
    return [title(`not opened with this password: ${why}`)];
  }
  if (best === undefined) return [title('no picture yet: switch RTSP or ONVIF on, on its pages or in its app')];
  if (username === null) return [title(`sightline serve ${shellQuoted(best.source)}`)];
  const password = 'password: ${CAMERA_PASSWORD}  # from the environment; or write it here';
  const lines = [`source: ${best.source}`, `username: ${JSON.stringify(username)}`, password];
  return [
    title(`in sightline.yaml:`),
    '    cameras:',
    `      camera${number}:`,
    ...lines.map((line) => `        ${line}`),
  ];
}

function doctorOf(source: string, username: string): string {
  return `sightline doctor ${shellQuoted(source)} --user ${shellQuoted(username)} says why`;
}

function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
