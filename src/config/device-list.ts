// Which cameras are plugged into this machine: what Linux says in /sys/class/video4linux. Opens no device.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One camera of this machine. */
export interface VideoDevice {
  /** For example `/dev/video0`. */
  readonly path: string;
  /** As the driver names it. */
  readonly name: string;
}

const SYSTEM_FOLDER = '/sys/class/video4linux';

/** The cameras that are there, by number; none on systems without V4L2. `folder` is for tests. */
export async function listDevices(folder: string = SYSTEM_FOLDER): Promise<VideoDevice[]> {
  const entries = await readdir(folder).catch(() => []);
  const numbers = entries
    .map((entry) => /^video(\d{1,3})$/.exec(entry)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const devices = await Promise.all(numbers.map((number) => describe(folder, number)));
  return devices.filter((device) => device !== null);
}

/** Null for a camera's further nodes (index 1 and above), which carry metadata. */
async function describe(folder: string, number: number): Promise<VideoDevice | null> {
  const read = (file: string): Promise<string> =>
    readFile(join(folder, `video${number}`, file), 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
  const [name, index] = await Promise.all([read('name'), read('index')]);
  if (index !== '' && index !== '0') return null;
  return { path: `/dev/video${number}`, name: name === '' ? `video${number}` : name };
}
