// What a camera's answer means when it is not a picture: by its status, and by its Content-Type.

import { SightlineError } from '../../base/errors.ts';
import { HINTS } from '../../base/hints.ts';

/** The error of a status other than 200. `asked`: credentials were configured. */
export function statusError(status: number, name: string, asked: boolean): SightlineError {
  const answered = `${name} answered the request with status ${status}`;
  if (status === 401) {
    const text = asked ? 'refused user name and password' : 'asks for a user name and password';
    return new SightlineError('camera-unauthorized', `${name} ${text} (status 401)`);
  }
  if (status === 403) return new SightlineError('camera-unauthorized', `${name} refused access (status 403)`);
  if (status === 404 || status === 410) return new SightlineError('camera-not-found', answered);
  if (status === 429 || status === 503) return new SightlineError('camera-busy', answered);
  return new SightlineError('camera-protocol', `${answered}, which is not a picture`);
}

/** The error of a Content-Type that holds no picture; null where a picture may come. */
export function typeError(contentType: string, name: string): SightlineError | null {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'text/html' || type === 'application/xhtml+xml') {
    return new SightlineError('camera-protocol', `${name} answered a web page, not a picture`, {
      hint: HINTS.onItsPage,
    });
  }
  const possible =
    type === '' || /^(?:multipart\/.*|image\/(?:jpe?g|pjpeg)|application\/octet-stream|video\/.*)$/.test(type);
  if (possible) return null;
  const shown = type.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
  return new SightlineError('camera-protocol', `${name} answered ${shown}, not a JPEG picture or stream`);
}
