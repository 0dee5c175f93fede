// The HTTP contract: the shapes that addresses take and answer, as zod schemas; contract-routes.ts says which takes
// which. The routes validate with it, /openapi.json is made from it, and the pages import its types. Here: cameras, their
// viewers, probes and problems; the rest stands beside it (contract-*.ts). Runs in a browser: no Node imports.

import { z } from 'zod';
import { ProcessorStatus } from './contract-processors.ts';
import { ClockName, Count, IsoTime, Reason, StreamStateName } from './contract-words.ts';

export type { ErrorCode } from '../../base/errors.ts';

export const TrackInfo = z
  .object({
    id: z.number().int(),
    kind: z.enum(['video', 'audio']),
    codec: z.string().describe("FFmpeg's name: h264, mjpeg, ..."),
    width: Count.describe('Pixels; 0 when not known yet'),
    height: Count.describe('Pixels; 0 when not known yet'),
    fps: z.number().nullable().describe('As the source says it; null when it does not'),
  })
  .meta({ id: 'Track' });

export const CameraStatus = z
  .object({
    state: StreamStateName.describe('idle is healthy: nobody watches'),
    since: IsoTime,
    reason: Reason.nullable(),
    captureTime: z.object({
      clock: ClockName.nullable().describe('Where capture times come from; null before the first picture'),
      uncertaintyMs: z.number().nullable(),
    }),
    tracks: z.array(TrackInfo),
    width: Count.describe('Pixels of its pictures as last seen; 0 when never'),
    height: Count.describe('Pixels of its pictures as last seen; 0 when never'),
    fps: z.number().describe('Measured pictures per second'),
    bitrate: z.number().describe('Measured bits per second'),
    sessions: Count.describe('Sessions that this camera sees from us'),
    viewers: Count,
    restarts: Count.describe('Times that its source was opened again'),
    quirks: z.record(z.string(), Count).describe('Deviations of the camera from its standard, counted by name'),
    frames: z.object({ in: Count, decoded: Count, encoded: Count, dropped: Count }),
    moved: z
      .object({
        from: z.string().describe('The configured host'),
        to: z.string().describe('Where the camera is opened'),
        since: IsoTime.nullable().describe('null: in an earlier run of the server'),
      })
      .nullable()
      .describe('Set when the camera was found again at another address'),
  })
  .meta({ id: 'CameraStatus' });

export const CameraConfig = z
  .object({
    name: z.string().describe('What people call it; the id where nothing else is configured'),
    source: z.string().describe('Address with user and password masked'),
    username: z.string().nullable(),
    password: z.boolean().describe('True when one is set; its text is never shown'),
    always: z.boolean(),
    enabled: z.boolean(),
    tlsVerify: z.boolean(),
  })
  .meta({ id: 'CameraConfig' });

export const Camera = z
  .object({
    id: z.string(),
    uid: z.string().describe('Never changes, also when the camera is renamed'),
    revision: z.string().describe('Changes with its config; also the ETag of GET, for If-Match'),
    config: CameraConfig,
    streams: z.array(z.string()).describe('Names for ?stream=; main first'),
    processors: z.array(ProcessorStatus),
    status: CameraStatus,
  })
  .meta({ id: 'Camera' });

export const CameraList = z.object({ cameras: z.array(Camera) }).meta({ id: 'CameraList' });

export const Viewer = z
  .object({
    id: z.string(),
    via: z.enum(['mjpeg', 'tiles', 'frames']),
    stream: z.string(),
    address: z.string(),
    since: IsoTime,
    sent: Count.describe('Pictures'),
    dropped: Count.describe('Pictures that this viewer was too slow for'),
    delayMs: z.number().nullable().describe("From capture to paint, or to a program's answer; null: unknown"),
    uncertaintyMs: z.number().nullable(),
  })
  .meta({ id: 'Viewer' });

export const ViewerList = z.object({ viewers: z.array(Viewer) }).meta({ id: 'ViewerList' });

/** RFC 9457, with `code` and `hint` of docs/errors.md; `errors` names each bad parameter of a 400. */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    hint: z.string(),
    errors: z.array(z.object({ parameter: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

const secret = z.string().max(512);
const wishes = {
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/\S/, 'must not be blank')
    .overwrite((text) => text.trim())
    .describe('What people call it, in any language'),
  source: z.string().min(1).max(4096).describe('rtsp://, rtsps://, http:// or https:// address, or push:'),
  username: secret.describe('User name at the camera'),
  password: secret.describe('Password at the camera; never shown again'),
  always: z.boolean().describe('Keep it open although nobody watches'),
  enabled: z.boolean(),
  tlsVerify: z.boolean(),
};
const cameraId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, - and _');

/** Body of POST /api/cameras. */
export const CameraCreate = z
  .strictObject({
    id: cameraId.optional().describe('Made from the name when absent'),
    source: wishes.source,
    name: wishes.name.optional(),
    username: wishes.username.optional(),
    password: wishes.password.optional(),
    always: wishes.always.optional(),
    enabled: wishes.enabled.optional(),
    tlsVerify: wishes.tlsVerify.optional(),
  })
  .meta({ id: 'CameraCreate' });

/** Body of PATCH /api/cameras/{id}: JSON Merge Patch (RFC 7396); null goes back to the default. */
export const CameraPatch = z
  .strictObject({
    id: cameraId.optional().describe('A new id; the uid stays'),
    source: wishes.source.optional(),
    name: wishes.name.nullable().optional(),
    username: wishes.username.nullable().optional(),
    password: wishes.password.nullable().optional(),
    always: wishes.always.nullable().optional(),
    enabled: wishes.enabled.nullable().optional(),
    tlsVerify: wishes.tlsVerify.nullable().optional(),
    processors: z
      .record(
        cameraId,
        z
          .strictObject({
            enabled: z.boolean().nullable().optional(),
            options: z.record(z.string(), z.unknown()).nullable().optional(),
          })
          .nullable(),
      )
      .optional()
      .describe('By name; null removes one that is built in. Files are named in the config file only'),
  })
  .meta({ id: 'CameraPatch' });

/** Body of POST /api/probe. */
export const ProbeRequest = z
  .strictObject({
    source: wishes.source,
    username: wishes.username.optional(),
    password: wishes.password.optional(),
    tlsVerify: wishes.tlsVerify.optional(),
    like: cameraId.optional().describe('Id of a camera whose stored secrets serve, at its own host'),
  })
  .meta({ id: 'ProbeRequest' });

/** What was found at an address: what it sends and its first picture, or the problem. */
export const Probe = z
  .object({
    source: z.string().describe('Address with user and password masked'),
    problem: Reason.nullable().describe('Why there is no picture; null when there is one'),
    tracks: z.array(TrackInfo),
    width: Count,
    height: Count,
    fps: z.number().describe('Measured pictures per second; 0 when not known yet'),
    clock: ClockName.nullable(),
    tookMs: z.number().describe('From asking to the first picture, or to the problem'),
    picture: z.string().nullable().describe('The first picture: JPEG, base64'),
  })
  .meta({ id: 'Probe' });

export const CameraParams = z.object({ id: z.string().describe('Id of the camera, as in /api/cameras') });

export type Camera = z.infer<typeof Camera>;
export type CameraStatus = z.infer<typeof CameraStatus>;
export type CameraList = z.infer<typeof CameraList>;
export type Viewer = z.infer<typeof Viewer>;
export type ViewerList = z.infer<typeof ViewerList>;
export type ProblemDocument = z.infer<typeof ProblemDocument>;
export type CameraCreate = z.infer<typeof CameraCreate>;
export type CameraPatch = z.infer<typeof CameraPatch>;
export type ProbeRequest = z.infer<typeof ProbeRequest>;
export type Probe = z.infer<typeof Probe>;
