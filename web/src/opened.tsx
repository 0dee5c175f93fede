// The large picture: stage, slate when it is not live, caption below it, and the same reason below that on a phone.

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Camera, Status } from './api.ts';
import { number, t } from './i18n.ts';
import { Picture } from './picture.tsx';
import { StateShape } from './shape.tsx';
import { seenOf } from './seen.ts';
import { poll } from './state.ts';
import { explain, openedWordOf, type Explanation, type Word } from './words.ts';

export function Opened({ camera }: { readonly camera: Camera }): JSX.Element {
  const [shown, setShown] = useState(false);
  const { status } = camera;
  const seen = seenOf(camera);
  const fresh = useFresh(status, shown);
  const word = openedWordOf(status, seen, { shown, fresh });
  const explanation = word.live ? null : explain(camera, word, seen);
  const ratio = status.width > 0 && status.height > 0 ? status.width / status.height : 16 / 9;
  return (
    <section class="opened" aria-label={t().page.camera(camera.config.name)}>
      <div class="stage">
        <div class="box" style={{ '--ratio': String(ratio) }}>
          <Picture
            id={camera.id}
            uid={camera.uid}
            live={word.live}
            wanted={status.state !== 'disabled'}
            onShown={(now) => {
              setShown(now);
              if (now) void poll();
            }}
          />
          {explanation !== null && <Slate word={word} explanation={explanation} />}
        </div>
      </div>
      <Caption camera={camera} word={word} />
      {explanation !== null && explanation.lines.length > 0 && (
        <p class="why">
          {explanation.lines.map((line) => (
            <span key={line}>{line} </span>
          ))}
        </p>
      )}
    </section>
  );
}

/**
 * The first part of a response is always a new picture, so it may be shown before the next status says live. A response
 * that lived through trouble carries slates: then only the status counts.
 */
function useFresh(status: Status, shown: boolean): boolean {
  const troubled = useRef(false);
  if (!shown || status.state === 'live') troubled.current = false;
  else if (status.state === 'stalled' || status.state === 'failed') troubled.current = true;
  return shown && !troubled.current;
}

function Slate({ word, explanation }: { readonly word: Word; readonly explanation: Explanation }): JSX.Element {
  return (
    <div class="slate">
      <p class="slate-title">
        <StateShape shape={word.shape} tone={word.tone} />
        {explanation.title}
      </p>
      {explanation.lines.map((line) => (
        <p class="slate-line" key={line}>
          {line}
        </p>
      ))}
    </div>
  );
}

function Caption({ camera, word }: { readonly camera: Camera; readonly word: Word }): JSX.Element {
  const { status } = camera;
  return (
    <div class="caption">
      <StateShape shape={word.shape} tone={word.tone} />
      <h1 class="name" title={camera.id}>
        {camera.config.name}
      </h1>
      <span class={`state ${word.live ? 'tone-muted' : `tone-${word.tone}`}`}>
        <span role="status">{word.text}</span> {word.suffix}
      </span>
      {word.live && (
        <span class="figures">
          {status.fps > 0 && `${t().facts.rate(number(status.fps))} · `}
          {t().counts.viewers(status.viewers)}
        </span>
      )}
    </div>
  );
}
