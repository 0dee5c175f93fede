// Dark, light, or as the system has it. The choice stands in `data-theme` of <html> before anything is painted: the
// page's script blocks the first painting (vite.config.ts), and the tokens follow the attribute.

import { effect } from '@preact/signals';
import { storedChoice } from './stored.ts';

export const themeChoice = storedChoice<'system' | 'dark' | 'light'>('theme', ['system', 'dark', 'light']);

/** The colour of the bar, for the browser's own frame around the page. */
const FRAME = { dark: '#14191f', light: '#ffffff' } as const;

/** Keeps the attribute right, from now on. */
export function followTheme(): void {
  effect(() => {
    const choice = themeChoice.value;
    const { dataset } = document.documentElement;
    if (choice === 'system') delete dataset['theme'];
    else dataset['theme'] = choice;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
      const own = meta.media.includes('dark') ? 'dark' : 'light';
      meta.content = FRAME[choice === 'system' ? own : choice];
    }
  });
}
