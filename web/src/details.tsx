// Below the large picture: its addresses, each with a button that copies it, and what is known of the camera.

import type { JSX } from 'preact';
import type { Camera } from './api.ts';
import { address, snapshotPath, streamPath } from './api.ts';
import { CopyField } from './copy-field.tsx';
import { number, t } from './i18n.ts';
import { clockOf } from './words.ts';

const CODECS: Readonly<Record<string, string>> = { h264: 'H.264', hevc: 'H.265', mjpeg: 'MJPEG' };

export function Details({ camera }: { readonly camera: Camera }): JSX.Element {
  const stream = address(streamPath(camera.id));
  return (
    <section class="details" aria-label={t().facts.addresses(camera.config.name)}>
      <CopyField label={t().facts.inPage} text={`<img src="${stream}" alt="${camera.id}">`} />
      <CopyField label={t().facts.moving} text={stream} />
      <CopyField label={t().facts.one} text={address(snapshotPath(camera.id))} />
      <Facts camera={camera} />
    </section>
  );
}

function Facts({ camera }: { readonly camera: Camera }): JSX.Element {
  const { status, config } = camera;
  const video = status.tracks.find((track) => track.kind === 'video');
  const picture = [
    status.width > 0 ? `${status.width} × ${status.height}` : t().facts.sizeUnknown,
    ...(video === undefined ? [] : [CODECS[video.codec] ?? video.codec]),
    ...(status.fps > 0 ? [t().facts.rate(number(status.fps, 1))] : []),
  ];
  return (
    <dl class="facts">
      <Fact name={t().facts.picture} value={picture.join(', ')} />
      <Fact name={t().facts.viewers} value={number(status.viewers)} />
      <Fact name={t().facts.captureTime} value={clockOf(status)} />
      <Fact name={t().facts.source} value={config.source} />
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
