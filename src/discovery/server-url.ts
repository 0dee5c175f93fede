// URLs of one server, written in one way, whoever found it: without the port that the scheme has anyway.

const USUAL_PORTS: Readonly<Record<string, string>> = {
  'rtsp:': '554',
  'rtsps:': '322',
  'http:': '80',
  'https:': '443',
};

/** A path (`/stream1?x=1`) at the server of a URL (`rtsp://192.168.1.20:554/`). */
export function atServer(url: string, path: string): string {
  const { protocol, hostname, port } = new URL(url);
  const isUsual = port === '' || port === USUAL_PORTS[protocol];
  return `${protocol}//${hostname}${isUsual ? '' : `:${port}`}${path}`;
}
