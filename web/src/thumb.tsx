// A row's small picture. The opened camera's is copied from the large one; another's is its newest snapshot, every few
// seconds, and only while that camera is live for somebody anyway: a row never opens a camera.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Camera } from './api.ts';
import { snapshotPath } from './api.ts';
import { draw, shownImage } from './picture.tsx';
import { serverNowMs } from './state.ts';

const REFRESH_MS = 5000;
const LIMIT_MS = 5000;

interface ThumbProps {
  readonly camera: Camera;
  readonly opened: boolean;
  readonly live: boolean;
}

export function Thumb({ camera, opened, live }: ThumbProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const watched = camera.status.viewers > 0 || camera.config.always;
  const fetched = live && watched && !opened;
  const copied = live && opened;
  const now = copied ? serverNowMs.value : 0;
  useEffect(() => {
    if (copied && shownImage.value !== null) draw(shownImage.value, canvas.current!);
  }, [copied, now]);
  useEffect(() => (fetched ? refresh(camera.id, canvas.current!) : undefined), [fetched, camera.id]);
  useEffect(() => {
    if (!fetched && !copied) canvas.current!.width = 0;
  }, [fetched, copied]);
  return <canvas ref={canvas} class="thumb" width="0" height="0" aria-hidden="true" />;
}

/** Draws the camera's snapshot now and again until the returned function is called. */
function refresh(id: string, canvas: HTMLCanvasElement): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = async (): Promise<void> => {
    if (!document.hidden) await inTurn(() => drawSnapshot(id, canvas, stop.signal));
    if (!stop.signal.aborted) timer = setTimeout(() => void again(), REFRESH_MS);
  };
  void again();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}

let lastTurn: Promise<void> = Promise.resolve();

/** One snapshot at a time: the page's connections belong to the large picture and the API. */
function inTurn(work: () => Promise<void>): Promise<void> {
  lastTurn = lastTurn.then(work);
  return lastTurn;
}

async function drawSnapshot(id: string, canvas: HTMLCanvasElement, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS)]);
    const response = await fetch(`${snapshotPath(id)}?maxAgeMs=${REFRESH_MS}`, {
      cache: 'no-store',
      signal,
    });
    if (!response.ok) return;
    const picture = await createImageBitmap(await response.blob());
    if (!signal.aborted) draw(picture, canvas);
    picture.close();
  } catch (error) {
    // The row has its words without a picture; only a broken page is worth a line in the browser's console.
    if (error instanceof TypeError || error instanceof DOMException) return;
    throw error;
  }
}
