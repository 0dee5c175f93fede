// What a camera's refusal means: the status of an answer and the step that it refused, as an error to act on.

import { SightlineError } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';

/** The error for a final answer that is not 2xx. Nothing of the answer's own text is quoted. */
export function statusError(step: string, status: number): SightlineError {
  const said = `${step} answered ${status}`;
  switch (status) {
    case 401:
    case 403:
    case 407:
      return new SightlineError('camera-unauthorized', `${said}: the camera does not let us in`);
    case 404:
    case 410:
      return new SightlineError('camera-not-found', `${said}: no stream at this path`);
    case 453:
    case 503:
      return new SightlineError('camera-busy', `${said}: the camera has no capacity left`);
    case 461:
      return new SightlineError('camera-protocol', `${said}: the camera does not send over TCP`, {
        hint: HINTS.throughFfmpeg,
      });
    default:
      return new SightlineError('camera-protocol', said);
  }
}

/** The error for a last 401: what is wrong with the credentials. */
export function unauthorizedError(step: string, hadCredentials: boolean): SightlineError {
  const why = hadCredentials ? 'user name or password was not accepted' : 'the camera asks for user name and password';
  return new SightlineError('camera-unauthorized', `${step} answered 401: ${why}`);
}

/** The error for one who asks for Basic where the camera took Digest: the password is not told. */
export function basicRefusedError(who: string): SightlineError {
  const said = `${who} asked for the password in clear, although the camera asked by Digest before: it was not told`;
  return new SightlineError('camera-unauthorized', said, { hint: HINTS.digestBefore });
}

/** The error for a camera that grants another transport than the one that was asked for. */
export function udpOnlyError(): SightlineError {
  const said = 'SETUP was answered with UDP, although TCP was asked for';
  return new SightlineError('camera-protocol', said, { hint: HINTS.throughFfmpeg });
}
