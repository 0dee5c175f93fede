// The source of a camera's address: one that is asked over the network, or sent its pictures. The ingest process opens
// its cameras through it.

import type { DialGuard } from '../../base/dial-guard.ts';
import type { SourceAddress } from '../../config/camera.ts';
import type { SlabPool } from '../../media/depacketize/slab-pool.ts';
import type { Source } from '../../media/types.ts';
import { createHttpSource } from './http.ts';
import { createPushSource } from './push.ts';
import { createRtspSource } from './rtsp.ts';

export interface NetworkSourceOptions {
  readonly address: SourceAddress;
  /** Check the certificate of rtsps and https cameras. */
  readonly tlsVerify: boolean;
  /** Asked before each connection. */
  readonly guard: DialGuard;
  /** The camera took the password by Digest before this source was made. Default false. */
  readonly digestOnly?: boolean;
  /** Where memory of RTSP packets comes from and goes back to; a process of many cameras has one for all. */
  readonly pool?: SlabPool;
  /** What the camera is called now. Default: its address. */
  readonly id?: () => string;
}

/** `address` is of kind rtsp, http or push. */
export function openNetworkSource(options: NetworkSourceOptions): Source {
  if (options.address.kind === 'push') return createPushSource(options.id ?? (() => options.address.display));
  return options.address.kind === 'rtsp' ? createRtspSource(options) : createHttpSource(options);
}
