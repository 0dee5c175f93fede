// What is said to a connection whose bytes were no HTTP request: one short problem document, then the end.

import type { Socket } from 'node:net';
import { SightlineError } from '../base/errors.ts';
import { PROBLEM_TYPE, problemDocument } from './api/problem.ts';

const STATUS_LINES: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The head of the request is longer than 16 KB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in time.'],
};

/** `busy`: an endless response is under way on this connection, so nothing may be said in between. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, busy: boolean): void {
  if (busy || socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [line, detail] = STATUS_LINES[error.code ?? ''] ?? ['400 Bad Request', 'This is not an HTTP request.'];
  const problem = problemDocument(new SightlineError('request-invalid', detail));
  const body = JSON.stringify({ ...problem, status: Number(line.slice(0, 3)) });
  const head = [`HTTP/1.1 ${line}`, `Content-Type: ${PROBLEM_TYPE}`, `Content-Length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`, () => socket.destroy());
}
