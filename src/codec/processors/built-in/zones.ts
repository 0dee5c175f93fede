// Zones of a picture as polygons: where motion counts and where it does not, as a mask for OpenCV and as lines to see.

import type { Colour, Cv, Drawing, Mat } from '../contract.ts';

/** Corners in 0 to 1 units: x, then y. */
export type Polygon = readonly (readonly [number, number])[];

export interface Zones {
  /** Empty: the whole picture. */
  readonly zones: readonly Polygon[];
  readonly exclude: readonly Polygon[];
}

const INCLUDED: Colour = '#3ddc84';
const EXCLUDED: Colour = '#ff5c5c';

/** 255 where something counts; null: everywhere. The caller deletes it. */
export function maskOf(cv: Cv, size: { readonly width: number; readonly height: number }, given: Zones): Mat | null {
  const { zones, exclude } = given;
  if (zones.length === 0 && exclude.length === 0) return null;
  const mask = new cv.Mat(size.height, size.width, cv.CV_8UC1, new cv.Scalar(zones.length === 0 ? 255 : 0));
  for (const polygon of zones) fill(cv, mask, polygon, 255);
  for (const polygon of exclude) fill(cv, mask, polygon, 0);
  return mask;
}

function fill(cv: Cv, mask: Mat, polygon: Polygon, value: number): void {
  const corners = polygon.flatMap(([x, y]) => [Math.round(x * mask.cols), Math.round(y * mask.rows)]);
  const points = cv.matFromArray(polygon.length, 1, cv.CV_32SC2, corners);
  const list = new cv.MatVector();
  list.push_back(points);
  cv.fillPoly(mask, list, new cv.Scalar(value));
  list.delete();
  points.delete();
}

/** The outlines of all. */
export function outlinesOf({ zones, exclude }: Zones): Drawing[] {
  const lines = (polygons: readonly Polygon[], colour: Colour): Drawing[] =>
    polygons.flatMap((polygon) =>
      polygon.map(([x, y], index) => {
        const [toX, toY] = polygon[(index + 1) % polygon.length]!;
        return { kind: 'line', from: { x, y }, to: { x: toX, y: toY }, colour } as const;
      }),
    );
  return [...lines(zones, INCLUDED), ...lines(exclude, EXCLUDED)];
}
