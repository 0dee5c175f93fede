// One sentence that tells what a person's action led to; it stands in the bar for a while and is read aloud.

import { signal } from '@preact/signals';

const SHOWN_MS = 4000;

export const notice = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(sentence: string): void {
  clearTimeout(timer);
  notice.value = sentence;
  timer = setTimeout(() => (notice.value = ''), SHOWN_MS);
}
