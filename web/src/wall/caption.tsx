// The line below a picture: shape and word of its state, its name, its delay, its buttons. Nothing of it ever stands on
// the picture.

import type { ComponentChildren, JSX } from 'preact';
import { MAIN, type Camera } from '../api.ts';
import { nameOf } from '../names.ts';
import { StateShape } from '../shape.tsx';
import { tileOf } from '../tiles/tiles.ts';
import type { Word } from '../words.ts';
import { DelayText } from './delay-text.tsx';

interface CaptionProps {
  readonly camera: Camera;
  readonly word: Word;
  readonly stream?: string;
  /** The camera's own page: its name is the page's heading. */
  readonly heading?: boolean;
  readonly children: ComponentChildren;
}

export function Caption({ camera, word, stream = MAIN, heading, children }: CaptionProps): JSX.Element {
  const name = nameOf(camera);
  return (
    <div class="caption">
      <StateShape shape={word.shape} tone={word.tone} />
      {heading === true ? (
        <h1 class="name" title={name}>
          {name}
        </h1>
      ) : (
        <span class="name" title={name}>
          {name}
        </span>
      )}
      <span class={`state ${word.live ? 'tone-muted' : `tone-${word.tone}`}`}>
        <span role="status">{word.text}</span>
        {word.suffix !== '' && ` ${word.suffix}`}
      </span>
      <DelayText tile={tileOf(camera, stream)} live={word.live} />
      <span class="buttons">{children}</span>
    </div>
  );
}
