// Entry of a codec process: everything that needs FFmpeg. Decodes streams, makes pictures and slates, and opens the
// sources that are not network protocols of our own (devices, files, the test card, ffmpeg:).

import { CaptureCameras } from '../capture/cameras.ts';
import type { CameraSpec } from '../config/camera.ts';
import { runChild } from '../link/child.ts';
import type { Source } from '../media/types.ts';
import { nativeStats } from './ffmpeg/native.ts';
import { openLocalSource } from './sources/open.ts';
import { CodecStreams } from './streams.ts';

function openSource({ address, id }: CameraSpec): Source {
  return openLocalSource({ address, name: id });
}

await runChild((context) => {
  const cameras = new CaptureCameras({ openSource, onReports: (reports) => context.tellOrigins(reports) });
  const streams = new CodecStreams({
    port: context.directory,
    onDecoding: (report) => context.tellCodecs([report]),
    onProcessors: (reports) => context.tellProcessors(reports),
    onEvents: (events) => context.tellEvents(events),
    log: (level, text, fields) => context.log(level, text, fields),
  });
  return {
    provide: (request) => (request.kind === 'packets' ? cameras.provide(request) : streams.provide(request)),
    configure: (specs) => cameras.configure(specs),
    origins: () => cameras.reports(),
    codecs: () => streams.reports(),
    processors: {
      configure: (processors) => streams.configureProcessors(processors),
      reports: () => streams.processorReports(),
    },
    native: () => {
      const { calls, oldestMs } = nativeStats();
      return { nativeCalls: calls, oldestNativeMs: oldestMs };
    },
    shed: (level) => streams.shed(level),
    close: async () => {
      await streams.close();
      await cameras.close();
    },
  };
});
