// What FFmpeg may open, and how: protocols and formats by name, nothing else. Protocols that read other files or join
// them (concat, subfile, data, pipe) are in no list, and a network address never reaches a local file.

import type { InputOptions } from '../ffmpeg/input.ts';

const CONTAINERS = [
  ...['mov', 'matroska', 'webm', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'flv', 'asf', 'ogg', 'mxf', 'gif', 'nut', 'ivf'],
  ...['h264', 'hevc', 'av1', 'obu', 'm4v', 'mjpeg', 'mpjpeg', 'jpeg_pipe', 'png_pipe', 'webp_pipe', 'yuv4mpegpipe'],
];
const STREAMS = ['rtsp', 'sdp', 'rtp', 'hls', 'dash', 'live_flv'];
const NETWORK = ['rtsp', 'rtsps', 'rtp', 'srtp', 'udp', 'tcp', 'tls', 'http', 'https', 'httpproxy', 'crypto', 'rtmp'];

/** Schemes that may stand behind `ffmpeg:`. */
export const FFMPEG_SCHEMES: readonly string[] = ['rtsp', 'rtsps', 'rtp', 'udp', 'tcp', 'tls', 'http', 'https', 'rtmp'];

const OPEN_MS = 10_000;
const READ_MS = 10_000;

/** A file of this machine. */
export const FILE_INPUT: InputOptions = {
  format: null,
  options: { protocol_whitelist: 'file', format_whitelist: CONTAINERS.join(',') },
  openMs: OPEN_MS,
  readMs: READ_MS,
};

/** A network address: little probing; what was read while probing is handed on, so that its keyframe is not lost. */
export function networkInput(scheme: string): InputOptions {
  const rtsp = scheme === 'rtsp' || scheme === 'rtsps';
  const options: Record<string, string> = {
    protocol_whitelist: NETWORK.join(','),
    format_whitelist: [...STREAMS, ...CONTAINERS].join(','),
    probesize: '1000000',
    analyzeduration: '2000000',
    ...(rtsp ? { rtsp_transport: 'tcp' } : {}),
  };
  return { format: null, options, openMs: OPEN_MS, readMs: READ_MS };
}
