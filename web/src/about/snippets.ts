// What can be copied to use a camera elsewhere: addresses, and the lines that a few programs need. Pure.

import { snapshotPath, streamPath } from '../api.ts';

export interface Snippets {
  readonly image: string;
  readonly stream: string;
  readonly snapshot: string;
  readonly openCv: string;
  readonly ffmpeg: string;
  readonly homeAssistant: string;
}

export interface SnippetOptions {
  readonly id: string;
  readonly name: string;
  /** Address that the server's paths stand below, with / at its end. */
  readonly base: string;
  /** True: whoever asks must send the token; `TOKEN` stands in its place. */
  readonly token: boolean;
}

export function snippetsOf({ id, name, base, token }: SnippetOptions): Snippets {
  const at = (path: string): string => new URL(path.slice(1), base).href + (token ? '?token=TOKEN' : '');
  const stream = at(streamPath(id));
  return {
    image: `<img src="${stream}" alt="${escapeHtml(name)}">`,
    stream,
    snapshot: at(snapshotPath(id)),
    openCv: openCv(stream, name),
    ffmpeg: `ffmpeg -use_wallclock_as_timestamps 1 -i "${stream}" -t 60 ${id}.mp4`,
    homeAssistant: `camera:\n  - platform: ffmpeg\n    name: ${JSON.stringify(name)}\n    input: ${JSON.stringify(stream)}`,
  };
}

function openCv(stream: string, name: string): string {
  return [
    'import cv2',
    '',
    `camera = cv2.VideoCapture(${JSON.stringify(stream)})`,
    'while True:',
    '    ok, picture = camera.read()',
    '    if not ok:',
    '        break',
    `    cv2.imshow(${JSON.stringify(name)}, picture)`,
    '    if cv2.waitKey(1) == 27:',
    '        break',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
