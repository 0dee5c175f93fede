// The source of an address that needs FFmpeg: a device, a file, the test card, anything behind `ffmpeg:`. The codec
// process opens its cameras through it.

import type { SourceAddress } from '../../config/camera.ts';
import type { Source } from '../../media/types.ts';
import { createDeviceSource } from './device.ts';
import { createFfmpegSource } from './ffmpeg.ts';
import { createFileSource } from './file.ts';
import { createTestSource } from './test.ts';

/** `name` stands on the test card. */
export function openLocalSource({ address, name }: { readonly address: SourceAddress; readonly name: string }): Source {
  switch (address.kind) {
    case 'test':
      return createTestSource({ address, name });
    case 'file':
      return createFileSource({ address });
    case 'device':
      return createDeviceSource({ address });
    default:
      return createFfmpegSource({ address });
  }
}
