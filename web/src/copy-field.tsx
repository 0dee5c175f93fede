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
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const rows = text.split('\n').length;
  const shared = {
    readOnly: true,
    value: text,
    spellcheck: false,
    onFocus: () => field.current?.select(),
  };
  const press = async (): Promise<void> =>
    setSaid((await copy(text, field.current!)) ? t().copy.copied : t().copy.byKey);
  return (
    <div class={rows > 1 ? 'copy lines' : 'copy'}>
      <label>
        <span class="copy-label">{label}</span>
        {rows > 1 ? <textarea ref={field} rows={rows} {...shared} /> : <input ref={field} {...shared} />}
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

async function copy(text: string, field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
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

function copySelected(field: HTMLInputElement | HTMLTextAreaElement): boolean {
  field.focus();
  field.select();
  const copier: SelectionCopier = document;
  return copier.execCommand('copy');
}
