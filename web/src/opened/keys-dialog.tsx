// The list of keys, under `?`.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDialog } from '../dialog-state.ts';
import { t } from '../i18n.ts';
import { KEY_LIST } from '../keys.ts';

export function KeysDialog(): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const { keyList, close } = t().watch;
  useEffect(() => {
    const before = document.activeElement;
    element.current!.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={element} class="keys" aria-labelledby="keys-title" onClose={closeDialog}>
      <h2 id="keys-title">{keyList.title}</h2>
      <dl>
        {KEY_LIST.map(([keys, sentence]) => (
          <div key={sentence}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{keyList[sentence]}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => element.current!.close()}>
        {close}
      </button>
    </dialog>
  );
}
