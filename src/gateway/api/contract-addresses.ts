// The addresses of the HTTP API by operation: one literal table from which the routes, the 405 answers, /openapi.json
// and the client come. What each takes and answers stands in contract-routes.ts. Runs in a browser: imports nothing.

export const ADDRESSES = {
  firstCamera: 'GET /camera',
  streamMjpeg: 'GET /cameras/{id}/stream.mjpeg',
  getSnapshot: 'GET /cameras/{id}/snapshot.jpg',
  putFrame: 'PUT /cameras/{id}/frame',
  listCameras: 'GET /api/cameras',
  createCamera: 'POST /api/cameras',
  getCamera: 'GET /api/cameras/{id}',
  changeCamera: 'PATCH /api/cameras/{id}',
  removeCamera: 'DELETE /api/cameras/{id}',
  listViewers: 'GET /api/cameras/{id}/viewers',
  getCameraLog: 'GET /api/cameras/{id}/log',
  examineCamera: 'POST /api/cameras/{id}/doctor',
  streamEvents: 'GET /api/events',
  listEvents: 'GET /api/events/recent',
  getEventSnapshot: 'GET /api/events/{event}/snapshot.jpg',
  getLog: 'GET /api/log',
  probe: 'POST /api/probe',
  startDiscovery: 'POST /api/discovery',
  getDiscovery: 'GET /api/discovery',
  endDiscovery: 'DELETE /api/discovery',
  streamDiscovery: 'GET /api/discovery/events',
  listDevices: 'GET /api/devices',
  login: 'POST /api/login',
  logout: 'POST /api/logout',
  getSession: 'GET /api/session',
  getSystem: 'GET /api/system',
  getHealth: 'GET /healthz',
  getReadiness: 'GET /readyz',
  getMetrics: 'GET /metrics',
} as const;

/** Name of an operation: `operationId` in OpenAPI, the method of the client. */
export type Operation = keyof typeof ADDRESSES;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Method and path template of an operation: `GET`, `/api/cameras/{id}`. */
export function addressOf(operation: Operation): { readonly method: Method; readonly path: string } {
  const [method, path] = ADDRESSES[operation].split(' ') as [Method, string];
  return { method, path };
}
