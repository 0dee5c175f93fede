// The newest events, each once, the newest first, and never more than there is room for. Pure.

interface Numbered {
  readonly id: number;
}

export function withEvents<T extends Numbered>(list: readonly T[], fresh: readonly T[], most: number): readonly T[] {
  const known = new Map([...list, ...fresh].map((event) => [event.id, event]));
  return [...known.values()].sort((a, b) => b.id - a.id).slice(0, most);
}
