// What can be copied into a program that sends its own pictures to a camera: one line of curl, and a stream from Python.
// Pure; docs/frames.md explains the same lines.

export interface SendingSnippets {
  readonly curl: string;
  readonly python: string;
}

/** `base`: address that the server's paths stand below, with / at its end. */
export function sendingSnippets(id: string, base: string): SendingSnippets {
  const url = new URL(`cameras/${encodeURIComponent(id)}/frame`, base);
  const headers = '-H "Authorization: Bearer TOKEN" -H "Content-Type: image/jpeg"';
  return { curl: `curl -T picture.jpg ${headers} ${url.href}`, python: pythonOf(url) };
}

function pythonOf({ protocol, host, pathname }: URL): string {
  const connection = protocol === 'https:' ? 'HTTPSConnection' : 'HTTPConnection';
  return [
    'import cv2, http.client, time',
    '',
    `server = http.client.${connection}(${JSON.stringify(host)})`,
    'camera = cv2.VideoCapture(0)',
    'headers = {"Authorization": "Bearer TOKEN", "Content-Type": "image/jpeg"}',
    'while True:',
    '    ok, picture = camera.read()',
    '    if not ok:',
    '        break',
    '    headers["X-Timestamp"] = f"{time.time():.6f}"',
    '    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()',
    `    server.request("PUT", ${JSON.stringify(pathname)}, jpeg, headers)`,
    '    server.getresponse().read()',
  ].join('\n');
}
