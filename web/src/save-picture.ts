// Saves a camera's newest picture, full size, under its id and capture time, into the browser's downloads.

import { ask, MAIN, snapshotPath, type Camera } from './api.ts';
import { t } from './i18n.ts';
import { nameOf } from './names.ts';
import { say } from './notice.ts';

export async function savePicture(camera: Camera, stream = MAIN): Promise<void> {
  let response: Response;
  let body: Blob;
  try {
    response = await ask(snapshotPath(camera.id, stream));
    body = await response.blob();
  } catch {
    say(t().watch.notSaved(nameOf(camera)));
    return;
  }
  if (!response.ok) {
    say(t().watch.notSaved(nameOf(camera)));
    return;
  }
  const file = fileName(
    stream === MAIN ? camera.id : `${camera.id}-${stream}`,
    Number(response.headers.get('x-timestamp')) * 1000,
  );
  download(file, body);
  say(t().watch.saved(file));
}

/** `front-door_2026-11-25_14-02-11.123.jpg`, by the time of this place; without a capture time the id alone. */
export function fileName(id: string, capturedMs: number): string {
  if (!(capturedMs > 0)) return `${id}.jpg`;
  const at = new Date(capturedMs);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join('-');
  return `${id}_${day}_${time}.${String(at.getMilliseconds()).padStart(3, '0')}.jpg`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function download(file: string, body: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(body);
  link.download = file;
  link.click();
  // The browser has taken the address over by the next task; the picture's memory is given back then.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
