// What the steps behind the camera's door know, and the sheet that they write on.

import type { Sheet } from './sheet.ts';
import type { Speaker } from './speaker.ts';
import type { DoctorRequest, Ground } from './types.ts';

export interface Course {
  readonly request: DoctorRequest;
  readonly sheet: Sheet;
  readonly ground: Ground;
  /** The camera's IP address, as it was dialled. */
  readonly address: string;
  /** Who answered at the door. */
  readonly speaker: Speaker;
  /** When, `nowUs`. */
  readonly heardAtUs: number;
}
