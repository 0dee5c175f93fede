// Codecs as people know them; the API has FFmpeg's names.

const NAMES: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'H.265',
  mjpeg: 'MJPEG',
  aac: 'AAC',
  opus: 'Opus',
  pcm_alaw: 'G.711 A-law',
  pcm_mulaw: 'G.711 µ-law',
};

export function codecName(codec: string): string {
  return NAMES[codec] ?? codec;
}
