// Delay: from the moment when the camera program pushes a picture to the complete unit in our hub, and to the last
// byte at a viewer.

import { startCamera } from '../ground/camera.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { hubDelay } from './hub.ts';
import { viewerDelay } from './viewer.ts';

export async function delays(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const figures = [...(await hubDelay(context, camera)), ...(await viewerDelay(context, camera))];
  await camera.stop();
  return figures;
}
