// The one error of the project and the table of its codes. Whatever fails, anywhere, ends as one of these:
// the API turns it into a problem document (RFC 9457), the status shows its text and hint, the log its code.

/** What each code means: HTTP status, whether trying again can help, and what a person can do about it. */
export const ERROR_CODES = {
  // what a person typed or asked
  'config-invalid': { status: 400, retryable: false, hint: 'Correct the named line of the config file.' },
  usage: { status: 400, retryable: false, hint: 'See `sightline --help`.' },
  'source-invalid': { status: 400, retryable: false, hint: 'Write an address such as rtsp://192.168.1.20/stream1.' },
  'request-invalid': { status: 400, retryable: false, hint: 'Correct the named parameters.' },
  unauthorized: { status: 401, retryable: false, hint: 'Send the token as `Authorization: Bearer TOKEN`.' },
  forbidden: { status: 403, retryable: false, hint: 'Ask from an allowed address or origin.' },
  'not-found': { status: 404, retryable: false, hint: 'See /api/cameras for what there is.' },
  'method-not-allowed': { status: 405, retryable: false, hint: 'See /openapi.json for what may be asked.' },
  'media-type-unsupported': { status: 415, retryable: false, hint: 'Send a body of the documented media type.' },
  'body-too-large': {
    status: 413,
    retryable: false,
    hint: 'Send less in one request: a picture has at most 8 MB, JSON 128 KB.',
  },
  taken: { status: 409, retryable: false, hint: 'Choose another id.' },
  'takes-no-pictures': {
    status: 409,
    retryable: false,
    hint: 'Pictures are sent to cameras whose source is push: only; add one of these.',
  },
  'config-fixed': {
    status: 409,
    retryable: false,
    hint: 'Start without sources on the command line: cameras are then kept in the config file.',
  },
  'revision-mismatch': {
    status: 412,
    retryable: false,
    hint: 'Somebody changed it meanwhile: read it again, then send the change with the new revision.',
  },
  'source-forbidden': {
    status: 403,
    retryable: false,
    hint: 'Write this source into the config file, or list its network in server.allowedSources there.',
  },
  'too-many-attempts': { status: 429, retryable: true, hint: 'Wait a minute before the next try.' },
  'too-many-encodings': {
    status: 429,
    retryable: true,
    hint: 'Ask for a size and quality that is already being watched.',
  },
  'search-running': {
    status: 409,
    retryable: true,
    hint: 'Wait until it has ended, or end it: DELETE /api/discovery.',
  },
  'processor-failed': {
    status: 503,
    retryable: true,
    hint: "Correct the processor's file or options: it is taken up again as soon as that is saved.",
  },
  internal: { status: 500, retryable: true, hint: 'Please report this with the log lines around it.' },
  // the camera
  'camera-unreachable': {
    status: 503,
    retryable: true,
    hint: 'Check that the camera is switched on and its address and port.',
  },
  'camera-unknown-host': { status: 503, retryable: true, hint: "Check the host name in the camera's address." },
  'camera-refused': {
    status: 503,
    retryable: true,
    hint: 'Nothing listens on that port: check the port and that streaming is enabled on the camera.',
  },
  'camera-unauthorized': { status: 503, retryable: true, hint: 'Check user name and password of the camera.' },
  'camera-not-found': {
    status: 503,
    retryable: true,
    hint: 'The camera has no stream at this path: check the path in the address.',
  },
  'camera-busy': {
    status: 503,
    retryable: true,
    hint: 'The camera allows no more sessions: close another program that watches it.',
  },
  'camera-timeout': { status: 503, retryable: true, hint: 'The camera answers too slowly: check the network.' },
  'camera-stalled': {
    status: 503,
    retryable: true,
    hint: 'The camera is connected but sends no pictures: restart it if this stays.',
  },
  'nothing-pushed': {
    status: 503,
    retryable: true,
    hint: 'Start the program that sends its pictures with PUT /cameras/{id}/frame.',
  },
  'camera-closed': {
    status: 503,
    retryable: true,
    hint: 'The camera ended the connection; it is opened again by itself.',
  },
  'camera-protocol': {
    status: 503,
    retryable: true,
    hint: "The camera sent something that is not a picture stream: check that the address is a camera's.",
  },
  'camera-tls': {
    status: 503,
    retryable: true,
    hint: "The camera's certificate was not accepted: use its plain address, or tlsVerify: false for this camera.",
  },
  'codec-unsupported': {
    status: 503,
    retryable: false,
    hint: 'Choose H.264 or MJPEG on the camera, or open it through ffmpeg:ADDRESS.',
  },
  'device-missing': { status: 503, retryable: true, hint: 'Plug the device in, or choose one of those listed.' },
  'device-busy': { status: 503, retryable: true, hint: 'Another program uses the device: close it.' },
  'file-missing': { status: 503, retryable: true, hint: 'Check the path of the file.' },
  'file-unreadable': { status: 503, retryable: false, hint: 'The file is not a video that FFmpeg can read.' },
  'decode-failed': {
    status: 503,
    retryable: true,
    hint: "The stream could not be decoded: lower the camera's resolution or change its codec.",
  },
  quarantined: {
    status: 503,
    retryable: false,
    hint: 'Decoding this camera ended its process again and again: change its codec or resolution.',
  },
  disabled: { status: 503, retryable: false, hint: 'The camera is switched off in the config: set enabled: true.' },
  'picture-timeout': {
    status: 503,
    retryable: true,
    hint: "No picture came in time: look at the camera's status for the reason.",
  },
  // inside
  'link-closed': { status: 503, retryable: true, hint: 'A part of the server is being restarted: ask again.' },
  'stream-moved': { status: 503, retryable: true, hint: 'The stream is served elsewhere now: ask again.' },
  'too-slow': { status: 503, retryable: true, hint: 'Read faster, or ask for a smaller or slower stream.' },
  stopping: { status: 503, retryable: true, hint: 'The server is stopping.' },
  'port-in-use': {
    status: 500,
    retryable: false,
    hint: 'Choose another with --port, or stop the program that uses it.',
  },
  'port-forbidden': {
    status: 500,
    retryable: false,
    hint: 'Ports below 1024 need a privilege: choose a higher one with --port.',
  },
  'address-unavailable': {
    status: 500,
    retryable: false,
    hint: 'This machine has no such address: choose another with --host.',
  },
  'unsafe-bind': {
    status: 500,
    retryable: false,
    hint: 'Configure server.token (or SIGHTLINE_TOKEN), or say --insecure aloud.',
  },
  'config-unwritable': {
    status: 507,
    retryable: true,
    hint: 'Make the config file and its folder writable, with room on the disk; nothing was changed.',
  },
  'folder-unusable': {
    status: 500,
    retryable: false,
    hint: 'Set TMPDIR to a folder that may be written to and has room.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; hint: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as plain data: what crosses a process boundary and what a status shows. */
export interface Problem {
  readonly code: ErrorCode;
  /** One sentence: what happened, with the names of what it happened to. Never a secret. */
  readonly text: string;
  /** One sentence: what a person can do. */
  readonly hint: string;
}

export interface SightlineErrorOptions {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Any failure that Sightline itself can name. `message` says what happened, `hint` what to do. */
export class SightlineError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: SightlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SightlineError';
    const entry = ERROR_CODES[code];
    this.code = code;
    this.status = entry.status;
    this.retryable = entry.retryable;
    this.hint = options.hint ?? entry.hint;
  }

  toProblem(): Problem {
    return { code: this.code, text: this.message, hint: this.hint };
  }

  static fromProblem(problem: Problem): SightlineError {
    return new SightlineError(problem.code, problem.text, { hint: problem.hint });
  }

  /** Any thrown value as a SightlineError; an unknown one becomes `code` (default `internal`) with its message kept. */
  static from(value: unknown, code: ErrorCode = 'internal'): SightlineError {
    if (value instanceof SightlineError) return value;
    const message = value instanceof Error ? value.message : String(value);
    return new SightlineError(code, message, { cause: value });
  }
}
