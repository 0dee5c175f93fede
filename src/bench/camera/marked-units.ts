// Compressed pictures as the camera program pushes them: H.264 access units with start codes, parameter sets first, and
// an empty mark before the first slice. A file holds them one behind the other, an index says where each one stands.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { NAL, nalType } from '../../media/h264.ts';
import { DIGITS_OFFSET, emptyMark } from './unit-mark.ts';

export interface MarkedUnit {
  readonly offset: number;
  readonly length: number;
  readonly key: boolean;
  /** Where in the file the digits of the mark stand. */
  readonly digits: number;
}

export interface MarkedFile {
  readonly file: Buffer;
  readonly units: MarkedUnit[];
}

/** What stands beside the file; the camera program reads it. */
export interface MarkedIndex {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Frames from one keyframe to the next. */
  readonly group: number;
  readonly units: readonly MarkedUnit[];
}

/** Puts a mark into each unit; NAL units come without start codes. */
export function markUnits(accessUnits: Iterable<readonly Buffer[]>): MarkedFile {
  const parts: Buffer[] = [];
  const units: MarkedUnit[] = [];
  let offset = 0;
  for (const nals of accessUnits) {
    const heads = nals.filter(isParameterSet);
    const slices = nals.filter((nal) => !isParameterSet(nal));
    const headBytes = heads.reduce((sum, nal) => sum + nal.length + START_CODE.length, 0);
    const unit = Buffer.concat([...heads.flatMap(withStartCode), emptyMark(), ...slices.flatMap(withStartCode)]);
    const key = slices.some((nal) => nalType(nal[0]!) === NAL.idr);
    units.push({ offset, length: unit.length, key, digits: offset + headBytes + DIGITS_OFFSET });
    parts.push(unit);
    offset += unit.length;
  }
  return { file: Buffer.concat(parts), units };
}

/** Writes `name`.h264 and `name`.json; gives the index's path, which is what the camera program is told. */
export function writeMarked(folder: string, name: string, { file, ...index }: MarkedIndex & { file: Buffer }): string {
  const indexPath = path.join(folder, `${name}.json`);
  writeFileSync(path.join(folder, `${name}.h264`), file);
  writeFileSync(indexPath, JSON.stringify(index));
  return indexPath;
}

const START_CODE = Buffer.from([0, 0, 0, 1]);

function withStartCode(nal: Buffer): Buffer[] {
  return [START_CODE, nal];
}

function isParameterSet(nal: Buffer): boolean {
  const type = nalType(nal[0]!);
  return type === NAL.sps || type === NAL.pps;
}
