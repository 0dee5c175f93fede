// What cameras are called on the page: by their names, and by their ids as well where two have the same name.

import { computed } from '@preact/signals';
import type { Camera } from './api.ts';
import { cameras } from './state.ts';

const taken = computed(() => {
  const counts = new Map<string, number>();
  for (const { config } of cameras.value ?? []) counts.set(config.name, (counts.get(config.name) ?? 0) + 1);
  return counts;
});

/** Unique among the cameras of the page. */
export function nameOf({ id, config }: Camera): string {
  return (taken.value.get(config.name) ?? 0) > 1 ? `${config.name} (${id})` : config.name;
}
