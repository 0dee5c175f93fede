// What processors found just now, as boxes without text over the opened picture, for who switched that on. They lie on
// the picture wherever it lies: in its room's bands, and under the zoom that they are drawn within.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Camera } from '../api.ts';
import { useFeed, type CameraEvent } from '../events/feed.ts';
import type { LiveTile } from '../tiles/live-tile.ts';
import { placeBox } from './box-place.ts';

const SHOWN_MS = 2000;
const FADING_MS = 200;
const MOST_EVENTS = 8;
const MOST_BOXES = 64;

export const findingsShown = signal(false);

interface FindingsProps {
  readonly camera: Camera;
  readonly tile: LiveTile;
  /** Lines are as thin however close one looks. */
  readonly scale: number;
}

interface Mark {
  readonly event: CameraEvent;
  readonly fading: boolean;
}

export function Findings({ camera, tile, scale }: FindingsProps): JSX.Element | null {
  const marks = useMarks(camera.id);
  const [room, setRoom] = useState<HTMLElement | null>(null);
  const { width, height } = tile.canvas;
  const roomRatio = room === null || room.clientHeight === 0 ? 1 : room.clientWidth / room.clientHeight;
  const pictureRatio = width > 0 && height > 0 ? width / height : roomRatio;
  const boxes = marks.flatMap(({ event, fading }) => {
    return event.boxes.map((box, at) => ({
      key: `${event.id} ${at}`,
      fading,
      ...placeBox(box, pictureRatio, roomRatio),
    }));
  });
  return (
    <div ref={setRoom} class="findings" aria-hidden="true" style={{ '--line-width': `${2 / scale}px` }}>
      {room !== null &&
        boxes
          .slice(0, MOST_BOXES)
          .map(({ key, fading, x, y, width: w, height: h }) => (
            <div
              key={key}
              class={fading ? 'finding fading' : 'finding'}
              style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` }}
            />
          ))}
    </div>
  );
}

/** The newest event of each processor takes the place of the one before; each fades when it is old. */
function useMarks(camera: string): readonly Mark[] {
  const feed = useFeed(camera);
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const after = (ms: number, act: () => void): void => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, ms);
      timers.add(timer);
    };
    const stop = feed.listen((event) => {
      if (event.boxes.length === 0) return;
      setMarks((before) => {
        const others = before.filter((mark) => mark.event.processor !== event.processor);
        return [{ event, fading: false }, ...others].slice(0, MOST_EVENTS);
      });
      after(SHOWN_MS, () => {
        setMarks((now) => now.map((mark) => (mark.event === event ? { event, fading: true } : mark)));
      });
      after(SHOWN_MS + FADING_MS, () => setMarks((now) => now.filter((mark) => mark.event !== event)));
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [feed]);
  return marks;
}
