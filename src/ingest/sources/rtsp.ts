// The rtsp and rtsps source: one session with a camera, its first video medium that we can play, until it ends.
// Joins the client (session), the receiver (pictures) and the limits on silence.

import { nowUs } from '../../base/clock.ts';
import type { DialGuard } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { H264Depacketizer } from '../../media/depacketize/h264.ts';
import { JpegDepacketizer } from '../../media/depacketize/jpeg.ts';
import { SlabPool } from '../../media/depacketize/slab-pool.ts';
import type { Source, SourceSink } from '../../media/types.ts';
import { RtspClient } from '../../rtsp/client.ts';
import type { Channels } from '../../rtsp/client.ts';
import { LoginMemory } from '../../rtsp/login-memory.ts';
import { VideoReceiver } from '../../rtsp/receiver.ts';
import type { ReceiverOptions } from '../../rtsp/receiver.ts';
import { parameterSets } from '../../rtsp/sdp.ts';
import type { SdpMedia, SdpPayload } from '../../rtsp/sdp.ts';
import { chooseVideo } from '../../rtsp/video-choice.ts';

const CHECK_MS = 500;
const FIRST_PACKET_US = 8_000_000;
const SILENCE_US = 5_000_000;
const FIRST_PICTURE_US = 30_000_000;
const REPORT_US = 5_000_000;
/** More changes of codec or size in one session than this are no camera's. */
const MAX_TRACKS = 100;

export interface RtspSourceOptions {
  readonly address: SourceAddress;
  /** Check the certificate of rtsps cameras. */
  readonly tlsVerify: boolean;
  /** Asked before each connection. */
  readonly guard: DialGuard;
  /** The camera took the password by Digest before this source was made. Default false. */
  readonly digestOnly?: boolean;
  /** The memory that this process's cameras share; one of its own when not given. */
  readonly pool?: SlabPool;
}

/** A camera behind an rtsp:// or rtsps:// address. */
export function createRtspSource(options: RtspSourceOptions): Source {
  const pool = options.pool ?? new SlabPool();
  const login = new LoginMemory(options.digestOnly === true ? 'digest' : null);
  return {
    get login() {
      return login.login;
    },
    async run(sink, signal) {
      if (!signal.aborted) await runSession({ ...options, pool, login }, sink, signal);
    },
  };
}

type SessionOptions = RtspSourceOptions & { readonly pool: SlabPool; readonly login: LoginMemory };

async function runSession(options: SessionOptions, sink: SourceSink, signal: AbortSignal): Promise<void> {
  let channels: Channels = { rtp: 0, rtcp: 1 };
  let receiver: VideoReceiver | null = null;
  const client = new RtspClient({
    url: options.address.target,
    credentials: options.address.credentials,
    login: options.login,
    tlsVerify: options.tlsVerify,
    guard: options.guard,
    signal,
    frame: (channel, bytes, start, end) => {
      // Past the limit nothing more is looked at: the next check ends the session.
      if (!receiver || signal.aborted || receiver.tracks > MAX_TRACKS) return;
      if (channel === channels.rtp) receiver.media(bytes, [start, end], client.readAtUs, true);
      else if (channel === channels.rtcp) receiver.control(bytes, [start, end], client.readAtUs);
      else {
        sink.quirk('channel-wrong');
        receiver.media(bytes, [start, end], client.readAtUs, false);
      }
    },
    quirk: (name) => sink.quirk(name),
  });
  try {
    const { media, payload } = chooseVideo(await client.describe());
    receiver = new VideoReceiver(receiverOptions(media, payload, options.pool), sink);
    channels = await client.setup(media);
    await client.play();
    throw await untilOver({ client, receiver, channels, signal });
  } catch (error) {
    if (!signal.aborted) throw SightlineError.from(error);
  } finally {
    await client.close();
  }
}

interface Playing {
  readonly client: RtspClient;
  readonly receiver: VideoReceiver;
  readonly channels: Channels;
  readonly signal: AbortSignal;
}

/** Waits for the first of: the connection's end, too long a silence, an abort. Sends the receiver reports meanwhile. */
async function untilOver({ client, receiver, channels, signal }: Playing): Promise<SightlineError> {
  const { promise, resolve } = Promise.withResolvers<SightlineError>();
  const startedUs = nowUs();
  let reportedUs = startedUs - REPORT_US / 2;
  let suspicion: SightlineError | null = null;
  let quietSinceUs = 0;
  const timer = setInterval(() => {
    const now = nowUs();
    // Twice in a row without a packet between: after a stall of our own this runs before what has arrived is read.
    const before = quietSinceUs === receiver.lastPacketUs ? suspicion : null;
    suspicion = tooQuiet(receiver, startedUs, now);
    quietSinceUs = receiver.lastPacketUs;
    if (before && suspicion) resolve(suspicion);
    if (now - reportedUs < REPORT_US) return;
    reportedUs = now;
    const report = receiver.report(now);
    if (report) client.send(channels.rtcp, report);
  }, CHECK_MS);
  const aborted = (): void => resolve(new SightlineError('stopping', 'stopped'));
  signal.addEventListener('abort', aborted, { once: true });
  if (signal.aborted) aborted();
  void client.ended.then(resolve);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', aborted);
  }
}

function tooQuiet(receiver: VideoReceiver, startedUs: number, now: number): SightlineError | null {
  const silentUs = now - Math.max(startedUs, receiver.lastPacketUs);
  if (receiver.lastPacketUs === 0 && silentUs > FIRST_PACKET_US - CHECK_MS * 1000) {
    return new SightlineError('camera-stalled', 'after PLAY no video packet came within 8 s');
  }
  if (receiver.lastPacketUs > 0 && silentUs > SILENCE_US - CHECK_MS * 1000) {
    return new SightlineError('camera-stalled', 'no video packet came for 5 s');
  }
  if (receiver.lacks !== null && now - startedUs > FIRST_PICTURE_US) {
    return new SightlineError('camera-protocol', `video packets came for 30 s, but never ${receiver.lacks}`);
  }
  if (receiver.tracks > MAX_TRACKS) {
    return new SightlineError('camera-protocol', 'the camera changes its picture format without end');
  }
  return null;
}

function receiverOptions(media: SdpMedia, payload: SdpPayload, pool: SlabPool): ReceiverOptions {
  const { fps, width, height } = media;
  return {
    payloadType: payload.type,
    clockRate: payload.clockRate,
    makeDepacketizer: (events) =>
      payload.encoding === 'JPEG'
        ? new JpegDepacketizer({ fps, width, height, pool }, events)
        : new H264Depacketizer({ fps, parameterSets: parameterSets(payload), pool }, events),
  };
}
