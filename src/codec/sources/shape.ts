// From packets as containers hold them to units in the product's shape: H.264 out of avcC or Annex B with its parameter
// sets apart, JPEGs whole. Says when the track has changed.

import { ParameterSets } from '../../media/depacketize/parameter-sets.ts';
import { cleanUnit, isAnnexB, parseAvcC, splitAnnexB, splitLengthPrefixed } from '../../media/h264.ts';
import { jpegSize } from '../../media/jpeg.ts';
import { wholeJpeg } from '../../media/jpeg-tables.ts';
import type { Track } from '../../media/types.ts';
import type { InputVideo } from '../ffmpeg/input.ts';

export interface Shaped {
  /** A buffer of its own. */
  readonly data: Buffer;
  readonly key: boolean;
  /** The track, when it has changed with this unit or is the first. */
  readonly track: Track | null;
}

export interface Shaper {
  /** The unit, or null when there is no picture in it or no decoder could begin yet. */
  take(view: Buffer, key: boolean): Shaped | null;
}

/** Null when the codec is not passed on as it is. */
export function shaperFor(video: InputVideo): Shaper | null {
  if (video.codec === 'h264') return new H264Shaper(video);
  if (video.codec === 'mjpeg') return new JpegShaper(video);
  return null;
}

class H264Shaper implements Shaper {
  readonly #sets = new ParameterSets();
  readonly #fps: number | null;
  /** Bytes of a NAL unit's length; 0: start codes. */
  readonly #lengthSize: number;

  constructor({ extradata, fps }: InputVideo) {
    this.#fps = fps;
    const record = extradata === null || isAnnexB(extradata) ? null : parseAvcC(extradata);
    this.#lengthSize = record?.lengthSize ?? 0;
    const { sps, pps } = record ?? cleanUnit(splitAnnexB(extradata ?? Buffer.alloc(0)));
    this.#learn(sps);
    this.#learn(pps);
  }

  take(view: Buffer, key: boolean): Shaped | null {
    const unit = cleanUnit(this.#lengthSize === 0 ? splitAnnexB(view) : splitLengthPrefixed(view, this.#lengthSize));
    this.#learn(unit.sps);
    this.#learn(unit.pps);
    if (!this.#sets.complete || unit.data.length === 0) return null;
    const track = this.#sets.changed ? this.#sets.track(this.#fps) : null;
    return { data: unit.data, key: key || unit.key, track: track && { ...track, fps: this.#fps ?? track.fps } };
  }

  #learn(sets: readonly Buffer[]): void {
    for (const set of sets) this.#sets.add(set, 0, set.length);
  }
}

class JpegShaper implements Shaper {
  readonly #fps: number | null;
  #width = 0;
  #height = 0;

  constructor({ fps }: InputVideo) {
    this.#fps = fps;
  }

  take(view: Buffer): Shaped | null {
    const size = jpegSize(view);
    if (size === null) return null;
    const { width, height } = size;
    const changed = width !== this.#width || height !== this.#height;
    this.#width = width;
    this.#height = height;
    const track: Track = { id: 0, kind: 'video', codec: 'mjpeg', width, height, fps: this.#fps, config: null };
    return { data: wholeJpeg(view), key: true, track: changed ? track : null };
  }
}
