// The picture of a camera in its reserved room, dimmed while it is not live, and over it the slate that says why not.

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAIN, type Camera } from '../api.ts';
import { openDialog } from '../dialog-state.ts';
import { findOutWhy } from '../doctor/examining.ts';
import { t } from '../i18n.ts';
import { nameOf } from '../names.ts';
import { routedId } from '../route.ts';
import { seenOf, statusOf } from '../seen.ts';
import { may } from '../session.ts';
import { StateShape } from '../shape.tsx';
import { placeTile } from '../tiles/place.ts';
import { tileOf } from '../tiles/tiles.ts';
import type { Room } from '../tiles/wish.ts';
import { explain, PROCESSOR_FAILED, type Word } from '../words.ts';

/** A start that takes no longer than this needs no words beside the caption's. */
const QUICK_START_MS = 700;
const USUAL_RATIO = 16 / 9;

/** Width to height as last known; it holds for as long as the place does, so that nothing moves when pictures come. */
export function useRatio({ status }: Camera): number {
  const [ratio] = useState(status.width > 0 && status.height > 0 ? status.width / status.height : USUAL_RATIO);
  return ratio;
}

interface FrameProps {
  readonly camera: Camera;
  readonly word: Word;
  readonly room: Room;
  readonly stream?: string;
}

/** The picture alone, in a box of the parent's making. */
export function Picture({ camera, word, room, stream = MAIN }: FrameProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const tile = tileOf(camera, stream);
  const wanted = camera.config.enabled;
  useLayoutEffect(
    () => placeTile(box.current!, { tile, camera: camera.id, stream, wanted, room }),
    [tile, camera.id, stream, wanted, room],
  );
  return <div ref={box} class={word.live ? 'box' : 'box dim'} />;
}

interface SlateProps {
  readonly camera: Camera;
  readonly word: Word;
  readonly stream?: string;
}

/** What stands over a picture that is not live: what, since when, what happens, what one can do. */
export function Slate({ camera, word, stream = MAIN }: SlateProps): JSX.Element | null {
  const starting = word.shape === 'ring' || word.shape === 'disc';
  const patient = useAfter(QUICK_START_MS, starting);
  if (word.live || (starting && !patient)) return null;
  const seen = seenOf(camera, stream);
  const status = statusOf(camera, stream);
  const ofProcessor = status.reason?.code === PROCESSOR_FAILED;
  const name = ofProcessor ? stream : nameOf(camera);
  const named = { ...camera, config: { ...camera.config, name }, status };
  const { title, lines } = explain(named, word, seen);
  return (
    <div class="slate">
      <p class="slate-title">
        <StateShape shape={word.shape} tone={word.tone} />
        <span>{title}</span>
      </p>
      {lines.map((line) => (
        <p class="slate-line" key={line}>
          {line}
        </p>
      ))}
      {!ofProcessor && <SlateButtons camera={camera} word={word} />}
    </div>
  );
}

function SlateButtons({ camera, word }: { readonly camera: Camera; readonly word: Word }): JSX.Element | null {
  if (word.tone !== 'bad') return null;
  const { watch, doctor } = t();
  const label = word.shape === 'key' ? watch.enterPassword : watch.checkCamera;
  // A tile of the wall has room for one.
  const opened = routedId.value === camera.id;
  return (
    <p class="slate-buttons">
      <SlateButton camera={camera} label={label} onPress={() => openDialog({ kind: 'edit', camera })} />
      {opened && may('configure') && (
        <SlateButton camera={camera} label={doctor.findOutWhy} onPress={() => findOutWhy(camera)} />
      )}
    </p>
  );
}

interface SlateButtonProps {
  readonly camera: Camera;
  readonly label: string;
  readonly onPress: () => void;
}

function SlateButton({ camera, label, onPress }: SlateButtonProps): JSX.Element {
  return (
    <button type="button" class="slate-button" aria-label={t().watch.of(label, nameOf(camera))} onClick={onPress}>
      {label}
    </button>
  );
}

/** True once `condition` has held for so long. */
function useAfter(ms: number, condition: boolean): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    setPassed(false);
    if (!condition) return;
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return condition && passed;
}
