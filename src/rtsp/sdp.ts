// Session descriptions (RFC 8866) as far as a camera's DESCRIBE needs them: media, payload types, control addresses.
// Tolerant: a line that makes no sense is left out. Bounded: by the body's limit and the counts below.

export interface SdpPayload {
  readonly type: number;
  /** Upper case, as in a=rtpmap; the static types 26 (JPEG) and 0, 8, 14 are filled in. */
  readonly encoding: string;
  readonly clockRate: number;
  /** Parameters of a=fmtp, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface SdpMedia {
  /** `video`, `audio`, `application` … */
  readonly kind: string;
  readonly protocol: string;
  readonly payloads: readonly SdpPayload[];
  /** a=control as it stands; null without one. */
  readonly control: string | null;
  readonly fps: number | null;
  /** a=x-dimensions or a=framesize; 0 when not said. */
  readonly width: number;
  readonly height: number;
}

export interface SessionDescription {
  readonly control: string | null;
  readonly media: readonly SdpMedia[];
}

const MAX_LINES = 2000;
const MAX_MEDIA = 32;

const STATIC_TYPES: Readonly<Record<number, readonly [string, number]>> = {
  0: ['PCMU', 8000],
  8: ['PCMA', 8000],
  14: ['MPA', 90000],
  26: ['JPEG', 90000],
  33: ['MP2T', 90000],
};

/** Reads a description; one without media comes back empty. Never throws. */
export function parseSdp(text: string): SessionDescription {
  let control: string | null = null;
  const media: MediaLines[] = [];
  for (const raw of text.split(/\r\n|\n|\r/, MAX_LINES)) {
    const line = /^\s*([a-z])\s*=\s*(.*?)\s*$/s.exec(raw);
    if (!line) continue;
    const [, type, value = ''] = line;
    const current = media.at(-1);
    if (type === 'm') {
      const opened = mediaLine(value);
      if (opened && media.length < MAX_MEDIA) media.push(opened);
    } else if (type === 'a' && current) {
      attribute(current, value);
    } else if (type === 'a') {
      control ??= /^control:\s*(.+)$/i.exec(value)?.[1] ?? null;
    }
  }
  return { control, media: media.map(finish) };
}

interface MediaLines {
  readonly kind: string;
  readonly protocol: string;
  readonly types: readonly number[];
  readonly encodings: Map<number, readonly [string, number]>;
  readonly formats: Map<number, string>;
  control: string | null;
  fps: number | null;
  size: readonly [number, number];
}

/** m=video 0 RTP/AVP 96 97 */
function mediaLine(value: string): MediaLines | null {
  const [kind, , protocol, ...types] = value.split(/\s+/, 40);
  if (!kind || !protocol) return null;
  const numbers = types.filter((type) => /^\d{1,3}$/.test(type)).map(Number);
  return {
    ...{ kind: kind.toLowerCase(), protocol: protocol.toUpperCase(), types: numbers },
    ...{ encodings: new Map(), formats: new Map(), control: null, fps: null, size: [0, 0] },
  };
}

function attribute(media: MediaLines, text: string): void {
  const [, name = '', value = ''] = /^([^:]+):?(.*)$/s.exec(text) ?? [];
  switch (name.trim().toLowerCase()) {
    case 'control':
      media.control ??= value.trim() || null;
      break;
    case 'rtpmap': {
      const map = /^\s*(\d{1,3})\s+([^/\s]+)\s*\/\s*(\d{1,9})/.exec(value);
      if (map) media.encodings.set(Number(map[1]), [map[2]!.toUpperCase(), Number(map[3])]);
      break;
    }
    case 'fmtp': {
      const format = /^\s*(\d{1,3})\s+(.*)$/s.exec(value);
      if (format) media.formats.set(Number(format[1]), format[2]!);
      break;
    }
    case 'framerate':
    case 'x-framerate':
      media.fps ??= plausibleRate(value);
      break;
    case 'x-dimensions':
      media.size = sizeOf(/(\d{1,5})\s*,\s*(\d{1,5})/.exec(value)) ?? media.size;
      break;
    case 'framesize':
      media.size = sizeOf(/\d+\s+(\d{1,5})-(\d{1,5})/.exec(value)) ?? media.size;
      break;
    default:
  }
}

function plausibleRate(value: string): number | null {
  const rate = Number.parseFloat(value);
  return rate >= 0.1 && rate <= 480 ? rate : null;
}

function sizeOf(match: RegExpExecArray | null): readonly [number, number] | null {
  return match ? [Number(match[1]), Number(match[2])] : null;
}

function finish(media: MediaLines): SdpMedia {
  const payloads = media.types.map((type) => {
    const [encoding, clockRate] = media.encodings.get(type) ?? STATIC_TYPES[type] ?? ['', 90000];
    return { type, encoding, clockRate: clockRate || 90000, parameters: parameters(media.formats.get(type) ?? '') };
  });
  const { kind, protocol, control, fps } = media;
  return { kind, protocol, payloads, control, fps, width: media.size[0], height: media.size[1] };
}

/** packetization-mode=1; profile-level-id=64001f; sprop-parameter-sets=Z2QAH…==,aO48gA== */
function parameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(';', 64)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name) found.set(name, equals < 0 ? '' : part.slice(equals + 1).trim());
  }
  return found;
}

/** The parameter sets of sprop-parameter-sets (RFC 6184, 8.1). */
export function parameterSets(payload: SdpPayload): Buffer[] {
  const text = payload.parameters.get('sprop-parameter-sets') ?? '';
  const sets = text.split(',', 64).map((part) => Buffer.from(part.trim(), 'base64'));
  return sets.filter((set) => set.length > 0);
}
