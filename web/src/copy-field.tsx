// A text to copy and the button that does it. Browsers give the clipboard to secure pages only, so over plain http at
// another address than loopback the text is selected and copied the old way, or left selected for the keyboard.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from './i18n.ts';

const SAID_MS = 2000;

interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
}

export function CopyField({ label, text }: CopyFieldProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const press = async (): Promise<void> =>
    setSaid((await copy(text, field.current!)) ? t().copy.copied : t().copy.byKey);
  return (
    <div class="copy">
      <label>
        <span class="copy-label">{label}</span>
        <input ref={field} readOnly value={text} spellcheck={false} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" aria-label={t().copy.copyWhat(label)} onClick={() => void press()}>
        {said ?? t().copy.copy}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </div>
  );
}

/** The part of a document that copies the selection: old, without a successor where the clipboard is not given. */
interface SelectionCopier {
  execCommand(command: 'copy'): boolean;
}

async function copy(text: string, field: HTMLInputElement): Promise<boolean> {
  if (isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copySelected(field);
    }
  }
  return copySelected(field);
}

function copySelected(field: HTMLInputElement): boolean {
  field.focus();
  field.select();
  const copier: SelectionCopier = document;
  return copier.execCommand('copy');
}
