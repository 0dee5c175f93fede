// One camera of the wall: its picture, which is a link to the camera's own page, and its caption below.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { cameraPath, type Camera } from '../api.ts';
import { enterFull } from '../full-screen.ts';
import { t } from '../i18n.ts';
import { IconButton } from '../icons.tsx';
import { openMenu } from '../menu.tsx';
import { nameOf } from '../names.ts';
import { leftId, linkTo, openCamera, openLink } from '../route.ts';
import { savePicture } from '../save-picture.ts';
import { wordFor } from '../seen.ts';
import { Caption } from './caption.tsx';
import { Picture, Slate, useRatio } from './frame.tsx';

/** On a phone a tall picture gets more height than a wide one, but never the whole screen. */
const TALLEST = 4 / 5;
const USUAL_SLOT = 16 / 9;

interface TileProps {
  readonly camera: Camera;
  readonly narrow: boolean;
}

export function Tile({ camera, narrow }: TileProps): JSX.Element {
  const link = useRef<HTMLAnchorElement>(null);
  const ratio = useRatio(camera);
  const slot = narrow ? Math.max(TALLEST, ratio) : USUAL_SLOT;
  const word = wordFor(camera);
  const state = `${word.text} ${word.suffix}`.trimEnd();
  useEffect(() => {
    if (leftId.value !== camera.id) return;
    leftId.value = null;
    link.current!.focus();
  }, []);
  return (
    <li class="tile" style={{ '--ratio': String(ratio), '--slot': String(slot) }}>
      <div class="view">
        <a
          ref={link}
          class="open"
          href={linkTo(cameraPath(camera.id))}
          aria-label={t().watch.tile(nameOf(camera), state)}
          data-id={camera.id}
          onClick={(event) => openLink(event, camera.id)}
        >
          <Picture camera={camera} word={word} room="wall" />
        </a>
        <Slate camera={camera} word={word} />
      </div>
      <Caption camera={camera} word={word}>
        <Buttons camera={camera} />
      </Caption>
    </li>
  );
}

function Buttons({ camera }: { readonly camera: Camera }): JSX.Element {
  const { watch } = t();
  const label = (what: string): string => watch.of(what, nameOf(camera));
  return (
    <>
      <IconButton
        icon="picture"
        class="foldable"
        label={label(watch.savePicture)}
        onPress={() => void savePicture(camera)}
      />
      <IconButton
        icon="full"
        class="foldable"
        label={label(watch.fullScreen)}
        onPress={() => {
          openCamera(camera.id);
          enterFull();
        }}
      />
      <IconButton icon="more" label={label(watch.more)} onPress={(button) => openMenu(camera, button)} />
    </>
  );
}
