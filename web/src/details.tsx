// Below the large picture: its addresses, each with a button that copies it, and what is known of the camera.

import type { JSX } from 'preact';
import type { Camera } from './api.ts';
import { snapshotPath, streamPath } from './api.ts';
import { CopyField } from './copy-field.tsx';
import { clockOf } from './words.ts';

const CODECS: Readonly<Record<string, string>> = { h264: 'H.264', hevc: 'H.265', mjpeg: 'MJPEG' };

export function Details({ camera }: { readonly camera: Camera }): JSX.Element {
  const stream = `${location.origin}${streamPath(camera.id)}`;
  return (
    <section class="details" aria-label={`Addresses of ${camera.id}`}>
      <CopyField label="In a web page" text={`<img src="${stream}" alt="${camera.id}">`} />
      <CopyField label="Moving picture" text={stream} />
      <CopyField label="One picture" text={`${location.origin}${snapshotPath(camera.id)}`} />
      <Facts camera={camera} />
    </section>
  );
}

function Facts({ camera }: { readonly camera: Camera }): JSX.Element {
  const { status, config } = camera;
  const video = status.tracks.find((track) => track.kind === 'video');
  const picture = [
    status.width > 0 ? `${status.width} × ${status.height}` : 'size not known yet',
    ...(video === undefined ? [] : [CODECS[video.codec] ?? video.codec]),
    ...(status.fps > 0 ? [`${status.fps.toFixed(1)} fps`] : []),
  ];
  return (
    <dl class="facts">
      <Fact name="Picture" value={picture.join(', ')} />
      <Fact name="Viewers" value={String(status.viewers)} />
      <Fact name="Capture time" value={clockOf(status)} />
      <Fact name="Source" value={config.source} />
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
