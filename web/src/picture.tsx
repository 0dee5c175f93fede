// The opened camera's picture: one endless MJPEG response in an <img>, the only one the page ever holds open, because a
// browser gives six connections to a host. While the camera is not live the picture is taken away and its last live
// one is shown dimmed, from a copy, under the slate.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { generation, serverNowMs } from './state.ts';
import { t } from './i18n.ts';
import { streamPath } from './api.ts';

const RETRY_MS = 1000;
const HIDDEN_CLOSE_MS = 4000;
const COPY_WIDTH = 640;

/** The image that shows the opened camera now, for whoever wants to copy it; null while it shows nothing. */
export const shownImage = signal<HTMLImageElement | null>(null);

interface PictureProps {
  readonly id: string;
  readonly uid: string;
  /** The picture may be seen as it is: nothing says that it is not live. */
  readonly live: boolean;
  /** Asking makes sense: the camera is not switched off and not out of reach for good. */
  readonly wanted: boolean;
  readonly onShown: (shown: boolean) => void;
}

export function Picture(props: PictureProps): JSX.Element {
  const [attempt, setAttempt] = useState(0);
  const visible = useVisible();
  const retry = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stream = `${props.uid} ${generation.value} ${attempt}`;
  useEffect(() => () => clearTimeout(retry.current), [stream]);
  const failed = (): void => {
    props.onShown(false);
    shownImage.value = null;
    clearTimeout(retry.current);
    retry.current = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
  };
  const open = visible && props.wanted;
  return (
    <>
      <LastPicture live={props.live} uid={props.uid} />
      {open && <Stream key={stream} id={props.id} live={props.live} onShown={props.onShown} onFailed={failed} />}
    </>
  );
}

interface StreamProps {
  readonly id: string;
  readonly live: boolean;
  readonly onShown: (shown: boolean) => void;
  readonly onFailed: () => void;
}

let opened = 0;

/**
 * The stream's address, new at each opening: Chromium shows the remains of an ended response again, without a request,
 * when an image asks for the same address, whatever the response said about keeping it.
 */
function nextAddress(id: string): string {
  opened += 1;
  return opened === 1 ? streamPath(id) : `${streamPath(id)}?n=${opened}`;
}

/** One response. Its address is taken away before its element, which is what makes a browser close it. */
function Stream({ id, live, onShown, onFailed }: StreamProps): JSX.Element {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const element = image.current!;
    element.src = nextAddress(id);
    return () => {
      element.removeAttribute('src');
      onShown(false);
      shownImage.value = null;
    };
  }, []);
  const loaded = (): void => {
    onShown(true);
    shownImage.value = image.current;
  };
  return (
    <img
      ref={image}
      class={live ? 'live' : 'live away'}
      alt={t().page.pictureOf(id)}
      onLoad={loaded}
      onError={onFailed}
    />
  );
}

/** Copies the picture once a poll; a copy counts only when the next poll still called the camera live. */
function LastPicture({ live, uid }: { readonly live: boolean; readonly uid: string }): JSX.Element {
  const kept = useRef<HTMLCanvasElement>(null);
  const candidate = useRef<HTMLCanvasElement | null>(null);
  const now = serverNowMs.value;
  useEffect(() => {
    candidate.current = null;
    kept.current!.width = 0;
  }, [uid]);
  useEffect(() => {
    if (!live) {
      candidate.current = null;
      return;
    }
    if (candidate.current !== null) draw(candidate.current, kept.current!);
    candidate.current ??= document.createElement('canvas');
    const image = shownImage.value;
    if (image === null || !draw(image, candidate.current)) candidate.current = null;
  }, [now, live]);
  return <canvas ref={kept} class="last" width="0" height="0" hidden={live} aria-hidden="true" />;
}

/** Copies a picture into a canvas, at most COPY_WIDTH wide. False when there is nothing to copy. */
export function draw(from: HTMLImageElement | HTMLCanvasElement | ImageBitmap, to: HTMLCanvasElement): boolean {
  const width = from instanceof HTMLImageElement ? from.naturalWidth : from.width;
  const height = from instanceof HTMLImageElement ? from.naturalHeight : from.height;
  if (width === 0 || height === 0) return false;
  const scale = Math.min(1, COPY_WIDTH / width);
  const size = [Math.round(width * scale), Math.round(height * scale)] as const;
  if (to.width !== size[0]) to.width = size[0];
  if (to.height !== size[1]) to.height = size[1];
  to.getContext('2d')?.drawImage(from, 0, 0, ...size);
  return true;
}

/** False once the page has been hidden for a while: nobody looks, so the camera need not be open for it. */
function useVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setVisible(false), HIDDEN_CLOSE_MS);
      else setVisible(true);
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, []);
  return visible;
}
