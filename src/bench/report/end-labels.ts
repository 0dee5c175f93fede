// Where the names at the ends of lines stand, so that they cover neither one another nor lines more than they must.

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface EndLabel {
  /** The last point of its line. */
  readonly end: Spot;
  readonly width: number;
}

export interface Room {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  readonly right: number;
  /** Points of all lines, close enough together to stand for them. */
  readonly ink: readonly Spot[];
  /** Middles of markers, which must not be covered. */
  readonly markers: readonly Spot[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const HEIGHT = 15;
const BESIDE = 10;
const ABOVE = 14;
const TRIES = 16;
const OVER_LABEL = 1000;
const OVER_MARKER = 12;
const OVER_INK = 3;

/** The middle of each label's left edge. */
export function placeLabels(labels: readonly EndLabel[], room: Room): Spot[] {
  const placed: Box[] = [];
  const spots = new Map<EndLabel, Spot>();
  for (const label of [...labels].sort((a, b) => b.end.x - a.end.x || a.end.y - b.end.y)) {
    const spot = cheapest(label, placed, room);
    placed.push(boxOf(spot, label.width));
    spots.set(label, spot);
  }
  return labels.map((label) => spots.get(label)!);
}

function cheapest(label: EndLabel, placed: readonly Box[], room: Room): Spot {
  const costed = candidates(label).map(({ spot, away }) => ({
    spot,
    cost: costOf(boxOf(spot, label.width), placed, room) + away,
  }));
  return costed.reduce((best, it) => (it.cost < best.cost ? it : best)).spot;
}

/** Beside its end, over and under it, then ever farther away. */
function candidates({ end, width }: EndLabel): { readonly spot: Spot; readonly away: number }[] {
  const beside = Array.from({ length: TRIES + 1 }, (_, at) => {
    const dy = Math.ceil(at / 2) * (HEIGHT / 2) * (at % 2 === 0 ? 1 : -1);
    return { spot: { x: end.x + BESIDE, y: end.y + dy }, away: Math.abs(dy) / 4 };
  });
  const across = [-ABOVE, ABOVE].flatMap((dy) => [
    { spot: { x: end.x - width / 2, y: end.y + dy }, away: 4 },
    { spot: { x: end.x - width, y: end.y + dy }, away: 5 },
  ]);
  return [...beside, ...across, { spot: { x: end.x - BESIDE - width, y: end.y }, away: 5 }];
}

function costOf(box: Box, placed: readonly Box[], room: Room): number {
  const inside = box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;
  const labels = placed.filter(
    (it) => it.left < box.right && it.right > box.left && it.top < box.bottom && it.bottom > box.top,
  );
  const covered = (spots: readonly Spot[], by: number): number =>
    spots.filter(({ x, y }) => x > box.left - by && x < box.right + by && y > box.top - by && y < box.bottom + by)
      .length;
  const ink = Math.min(covered(room.ink, 1), 8) * OVER_INK + covered(room.markers, 3) * OVER_MARKER;
  return (inside ? 0 : OVER_LABEL) + labels.length * OVER_LABEL + ink;
}

function boxOf({ x, y }: Spot, width: number): Box {
  return { left: x, right: x + width, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
}
