// What doctor is asked, and what its parts say to one another. run.ts leads through the steps; the command prints them
// as they come, the API hands them to the page. What it answers stands in link/examination.ts.

import type { DialGuard } from '../base/dial-guard.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { ControlPort } from '../link/control-port.ts';
import type { StepReport } from '../link/examination.ts';
import type { Advice } from '../link/finding-codes.ts';
import type { MediaPort } from '../link/types.ts';
import type { Place } from './place.ts';

/** What to do: a code, or the hint of a problem that has none. Null: there is nothing to do. */
export type Advised = Advice | { readonly code: null; readonly hint: string } | null;

/** What one step found: a StepReport without its place. */
export type Finding = Omit<StepReport, 'step' | 'tookMs'>;

/** A camera whose decoded pictures can be subscribed to while this is open. */
export interface PictureView extends AsyncDisposable {
  readonly uid: string;
  readonly control: Pick<ControlPort, 'byUid'>;
  readonly media: MediaPort;
}

export interface DoctorRequest {
  readonly source: SourceAddress;
  /** Check the certificate of rtsps and https cameras. */
  readonly tlsVerify: boolean;
  /** The camera took the password by Digest before: it is not told it in clear. Default false. */
  readonly digestOnly?: boolean;
  /** Asked before each connection. */
  readonly guard: DialGuard;
  /** Ends the examination; the steps that are left are then skipped. */
  readonly signal: AbortSignal;
  /** How long packets are watched for loss and jitter, milliseconds. Default 10 s. */
  readonly windowMs?: number;
  /** How pictures of the source are had: decoded in another process. */
  readonly openPictures: () => Promise<PictureView>;
  /** Each step as it ends. */
  readonly onStep: (report: StepReport) => void;
}

/** What a step of the network works on. */
export interface Ground {
  readonly place: Place;
  readonly source: SourceAddress;
  readonly tlsVerify: boolean;
  /** It is not told the password in clear. */
  readonly digestOnly: boolean;
  readonly guard: DialGuard;
  readonly signal: AbortSignal;
}
