// The operations on cameras: list, add, change, remove, who watches, what happened. Control does; this asks.

import type { FastifyInstance } from 'fastify';
import type { ControlPort } from '../../link/control-port.ts';
import type { CameraInfo } from '../../link/control-view.ts';
import type { Camera } from './contract.ts';
import { wantedRevision } from './entity-tag.ts';
import { addOperation, cameraOf, setRevision } from './operation.ts';
import { presentCamera, presentLog, presentViewer, viewersOf } from './present.ts';

export function addCameraRoutes(app: FastifyInstance, control: ControlPort): void {
  const present = (info: CameraInfo): Camera => presentCamera(info, viewersOf(control.system().counts, info.uid));

  addOperation(app, 'listCameras', () => {
    const { counts } = control.system();
    return { cameras: control.cameras().map((info) => presentCamera(info, viewersOf(counts, info.uid))) };
  });

  addOperation(app, 'createCamera', async (call) => {
    const info = await control.ask('createCamera', { draft: call.body });
    setRevision(call, info);
    call.reply.header('location', locationOf(call.request.url, info.id));
    return present(info);
  });

  addOperation(app, 'getCamera', (call) => {
    const info = cameraOf(control, call);
    setRevision(call, info);
    return present(info);
  });

  addOperation(app, 'changeCamera', async (call) => {
    const { id, revision } = cameraOf(control, call);
    const ifMatch = wantedRevision(call.request.headers['if-match'], revision);
    const info = await control.ask('changeCamera', { id, change: call.body, ifMatch });
    setRevision(call, info);
    return present(info);
  });

  addOperation(app, 'removeCamera', async (call) => {
    const { id, revision } = cameraOf(control, call);
    const ifMatch = wantedRevision(call.request.headers['if-match'], revision);
    await control.ask('removeCamera', { id, ifMatch });
    return undefined;
  });

  addOperation(app, 'listViewers', async (call) => {
    const { viewers } = await control.ask('viewers', { uid: cameraOf(control, call).uid });
    return { viewers: viewers.map(presentViewer) };
  });

  addOperation(app, 'getCameraLog', async (call) => {
    const { lines } = await control.ask('journal', { uid: cameraOf(control, call).uid, limit: call.query.limit });
    return presentLog(lines);
  });
}

/** Relative to the address that was asked, so that it also holds below a reverse proxy's path. */
function locationOf(url: string, id: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.endsWith('/') ? id : `cameras/${id}`;
}
