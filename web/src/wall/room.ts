// The room that the browser's window leaves for a wall: below the bar and whatever stands under it, and beside the
// scroll bar where the wall is longer than the window.

import { signal } from '@preact/signals';
import { layOut, type WallRoom } from './layout.ts';

const BAR = 48;
const CAPTION = 36;
const CAPTION_UNDER_A_FINGER = 44;

const size = signal({ width: innerWidth, height: innerHeight });
const above = signal(BAR);
const coarse = matchMedia('(pointer: coarse)');
const touch = signal(coarse.matches);
let scrollBar: number | null = null;

addEventListener('resize', () => (size.value = { width: innerWidth, height: innerHeight }));
coarse.addEventListener('change', () => (touch.value = coarse.matches));

/** Follows the height of what stands above the wall. */
export function followAbove(element: HTMLElement): () => void {
  const observer = new ResizeObserver(() => (above.value = element.offsetHeight));
  observer.observe(element);
  return () => observer.disconnect();
}

export function roomForWall(count: number): WallRoom {
  const caption = touch.value ? CAPTION_UNDER_A_FINGER : CAPTION;
  const room = { width: size.value.width, height: size.value.height - above.value, caption };
  const { columns, width, narrow } = layOut(count, room);
  const rows = Math.ceil(count / columns);
  const fits = rows * ((width * 9) / 16 + caption + 8) + 8 <= room.height + 1;
  return fits || narrow ? room : { ...room, width: room.width - scrollBarWidth() };
}

function scrollBarWidth(): number {
  if (scrollBar !== null) return scrollBar;
  const probe = document.createElement('div');
  probe.className = 'scroll-probe';
  document.body.append(probe);
  scrollBar = probe.offsetWidth - probe.clientWidth;
  probe.remove();
  return scrollBar;
}
