// The wall: all cameras in the person's own order, as large as they can be with all in view.

import type { JSX } from 'preact';
import type { Camera } from '../api.ts';
import { t } from '../i18n.ts';
import { layOut } from './layout.ts';
import { roomForWall } from './room.ts';
import { Tile } from './tile.tsx';

export function Wall({ cameras }: { readonly cameras: readonly Camera[] }): JSX.Element {
  const layout = layOut(cameras.length, roomForWall(cameras.length));
  const style = { '--columns': String(layout.columns), '--tile': `${layout.width}px` };
  return (
    <ul
      class={layout.narrow ? 'wall narrow' : 'wall'}
      style={style}
      aria-label={t().page.cameras}
      onKeyDown={moveFocus}
    >
      {cameras.map((camera) => (
        <Tile key={camera.uid} camera={camera} narrow={layout.narrow} />
      ))}
    </ul>
  );
}

/** Arrow keys, Home and End move between tiles as they lie; Enter is the link's own. */
function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a.open')];
  const at = links.findIndex((link) => link === document.activeElement);
  const columns = Number(event.currentTarget.style.getPropertyValue('--columns'));
  const to = target(event.key, { at, last: links.length - 1, columns });
  if (at < 0 || to === null) return;
  event.preventDefault();
  links[to]?.focus();
}

interface Position {
  readonly at: number;
  readonly last: number;
  readonly columns: number;
}

function target(key: string, { at, last, columns }: Position): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'ArrowDown':
      return at + columns <= last ? at + columns : at;
    case 'ArrowUp':
      return at - columns >= 0 ? at - columns : at;
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
