// The opened camera: its picture as large as the window lets it, the caption and what it is below, and statistics when
// asked for. The picture itself is the wall's, moved here.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { MAIN, type Camera } from '../api.ts';
import { codecName } from '../codec-name.ts';
import { openDialog } from '../dialog-state.ts';
import { full, toggleFull } from '../full-screen.ts';
import { number, t } from '../i18n.ts';
import { IconButton } from '../icons.tsx';
import { openMenu } from '../menu.tsx';
import { nameOf } from '../names.ts';
import { route } from '../route.ts';
import { savePicture } from '../save-picture.ts';
import { wordFor } from '../seen.ts';
import { tileOf } from '../tiles/tiles.ts';
import { Caption } from '../wall/caption.tsx';
import { Picture, Slate, useRatio } from '../wall/frame.tsx';
import type { Word } from '../words.ts';
import { Findings, findingsShown } from './findings.tsx';
import { openNeighbour } from './neighbours.ts';
import { StreamRow } from './stream-row.tsx';
import { Statistics, statisticsShown } from './statistics.tsx';
import { openedZoom, Zoom } from './zoom.ts';
import { WHOLE, type View } from './zoom-view.ts';

export function Opened({ camera }: { readonly camera: Camera }): JSX.Element {
  const ratio = useRatio(camera);
  const stream = shownStream(camera, route.value.stream);
  const word = wordFor(camera, stream);
  return (
    <section
      class={full.value ? 'opened full' : 'opened'}
      style={{ '--ratio': String(ratio) }}
      aria-label={t().page.camera(nameOf(camera))}
    >
      <Stage camera={camera} word={word} stream={stream} />
      <Caption camera={camera} word={word} stream={stream} heading>
        <Buttons camera={camera} stream={stream} />
      </Caption>
      <Facts camera={camera} live={word.live} stream={stream} />
      {camera.processors.length > 0 && <StreamRow camera={camera} stream={stream} />}
      {statisticsShown.value && <Statistics camera={camera} stream={stream} />}
    </section>
  );
}

/** The wished one while it is there; it is taken up again when it comes back. */
function shownStream({ streams }: Camera, wished: string): string {
  return streams.includes(wished) ? wished : MAIN;
}

interface StreamProps {
  readonly camera: Camera;
  readonly stream: string;
}

function Stage({ camera, word, stream }: StreamProps & { readonly word: Word }): JSX.Element {
  const stage = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>(WHOLE);
  useEffect(() => {
    const zoom = new Zoom(stage.current!, { changed: setView, swiped: openNeighbour });
    openedZoom.value = zoom;
    return () => {
      openedZoom.value = null;
      zoom.close();
    };
  }, []);
  const zoomed = view.scale > 1;
  return (
    <div class="stage">
      <div ref={stage} class={zoomed ? 'view zoomed' : 'view'}>
        <div class="closer" style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}>
          <Picture key={stream} camera={camera} word={word} stream={stream} room={zoomed ? 'zoomed' : 'large'} />
          {findingsShown.value && word.live && (
            <Findings key={stream} camera={camera} tile={tileOf(camera, stream)} scale={view.scale} />
          )}
        </div>
        <Slate camera={camera} word={word} stream={stream} />
      </div>
    </div>
  );
}

function Buttons({ camera, stream }: StreamProps): JSX.Element {
  const { watch } = t();
  const label = (what: string): string => watch.of(what, nameOf(camera));
  return (
    <>
      <IconButton icon="picture" label={label(watch.savePicture)} onPress={() => void savePicture(camera, stream)} />
      <IconButton
        icon="chart"
        class="foldable"
        label={label(watch.statistics)}
        pressed={statisticsShown.value}
        onPress={() => (statisticsShown.value = !statisticsShown.value)}
      />
      <IconButton
        icon={full.value ? 'unfull' : 'full'}
        label={label(full.value ? watch.leaveFullScreen : watch.fullScreen)}
        onPress={toggleFull}
      />
      <IconButton icon="keys" class="for-keys" label={watch.keys} onPress={() => openDialog({ kind: 'keys' })} />
      <IconButton icon="more" label={label(watch.more)} onPress={(button) => openMenu(camera, button)} />
    </>
  );
}

/** The second row: what is shown, and how. */
function Facts({ camera, live, stream }: StreamProps & { readonly live: boolean }): JSX.Element {
  const tile = tileOf(camera, stream);
  const { status } = camera;
  const { figures } = t().watch;
  const video = status.tracks.find((track) => track.kind === 'video');
  const ofCamera = [
    status.width > 0 ? `${status.width} × ${status.height}` : t().facts.sizeUnknown,
    ...(video === undefined ? [] : [codecName(video.codec)]),
  ];
  const made = camera.processors.find(({ name }) => name === stream);
  const facts = made === undefined ? ofCamera : [made.description === '' ? made.name : made.description];
  const fps = made === undefined ? status.fps : (tile.second.value?.fps ?? 0);
  const now = [
    ...(fps > 0 ? [t().facts.rate(number(fps))] : []),
    figures.droppedCount(number(tile.second.value?.dropped ?? 0)),
    tile.facts.value.way === 'stills' ? figures.stills : figures.tiles,
    t().counts.viewers(status.viewers),
  ];
  return <p class="second-row">{[...facts, ...(live ? now : [])].join(' · ')}</p>;
}
