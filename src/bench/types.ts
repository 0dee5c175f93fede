// What the parts of `sightline bench` say to one another. The run (run.ts) starts servers (modes/, or a peer's address),
// sends viewers at them (load/), reads what they cost (measure/), and hands a BenchReport to the table and the page (report/).

import type { Problem } from '../base/errors.ts';

export type ModeName = 'naive' | 'threaded' | 'shared';

/** A camera that the servers read, and what is known of its pictures. */
export interface CameraUnderTest {
  /** As a source of the config; holds the password, when it has one. Never printed: `display` is. */
  readonly source: string;
  readonly display: string;
  /** Host and port that sessions go to, for counting them; null: they cannot be counted (a device, a file). */
  readonly endpoint: { readonly host: string; readonly port: number } | null;
  /** `gstreamer` and `sightline` were started by the bench; `given` is somebody's own. */
  readonly kind: 'gstreamer' | 'sightline' | 'given';
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /**
   * When the picture with this strip was captured, monotonic microseconds (`nowUs`), given when it arrived; null: it was
   * not sent before that. The function is null for a camera whose pictures have no strip: no delay, loss, repeat.
   */
  readonly capturedAtUs:
    ((strip: { readonly frame: number; readonly timeUs: number }, arrivedUs: number) => number | null) | null;
  /** Frame numbers in the strip begin again after so many; null: never. */
  readonly loopFrames: number | null;
  /** Aborts, with a SightlineError as reason, when a camera that the bench started ends by itself; absent: a given one. */
  readonly lost?: AbortSignal;
  stop(): Promise<void>;
}

/** An MJPEG server that is measured. */
export interface ServerUnderTest {
  readonly url: string;
  /** Roots of the process trees that are its cost; empty: not known (a peer without a pid). */
  readonly pids: readonly number[];
  /** Ends all responses, each behind a whole part; gives the parts it has sent since it started, null when it cannot. */
  finish(): Promise<number | null>;
  stop(): Promise<void>;
}

/** One line of the comparison: a mode of ours, or a peer. */
export interface Side {
  readonly name: string;
  readonly kind: 'mode' | 'peer';
  /** One sentence for people: what it does for each viewer. */
  readonly words: string;
  /** `run`: stays up between windows because it is idle then. `window`: it captures while nobody watches. */
  readonly lifetime: 'run' | 'window';
  /** Opens a session with the camera for each viewer. */
  readonly perViewer: boolean;
  start(signal: AbortSignal): Promise<ServerUnderTest>;
}

/** A peer that this machine does not have. */
export interface AbsentSide {
  readonly name: string;
  readonly why: string;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly count: number;
}

/** From the request to these, milliseconds; null: nobody got so far. */
export interface FirstTimes {
  readonly headersMs: Quantiles | null;
  /** The first part's own header. */
  readonly partMs: Quantiles | null;
  /** The last byte of the first whole picture. */
  readonly pictureMs: Quantiles | null;
}

/** What the load client saw in one window. */
export interface LoadWindow {
  readonly viewers: number;
  /** Those that got a whole picture before or in the window. */
  readonly served: number;
  /** Answers that were no pictures, by what they said. */
  readonly refused: readonly { readonly status: number; readonly problem: Problem | null; readonly count: number }[];
  /** Responses that ended, or connections that broke, before they were closed. */
  readonly broken: number;
  readonly seconds: number;
  readonly parts: number;
  readonly bytes: number;
  /** Pictures a second of the slowest viewer and of the one in the middle. */
  readonly leastFps: number;
  readonly medianFps: number;
  /** One viewer alone on a closed camera. */
  readonly cold: FirstTimes;
  /** Those that came while another one watched. */
  readonly hot: FirstTimes;
  /** Of the load client itself, within the window. */
  readonly clientCores: number;
}

/** Viewers in a process of their own (load/). */
export interface LoadClient {
  /**
   * Opens viewers, the first one alone; resolves when each has its first picture, or none within its time. With one
   * viewer others pay a short visit, for the hot times, unless `visits` is false: what they get is not counted by `ended`.
   */
  open(target: { readonly url: string; readonly viewers: number; readonly visits?: boolean }): Promise<void>;
  window(ms: number): Promise<LoadWindow>;
  /** Decodes what the probe viewer collected in the last window. */
  probe(camera: CameraUnderTest): Promise<ProbeWindow | null>;
  /** All viewers go. */
  leave(): Promise<void>;
  /** Waits until the server has ended all responses; gives all parts received since `open`. */
  ended(): Promise<number>;
  close(): Promise<void>;
}

/** What the probe viewer read from the pixels of its pictures. */
export interface ProbeWindow {
  readonly pictures: number;
  readonly unread: number;
  /** Frames of the camera between the first and the last picture that did not come. */
  readonly lost: number;
  readonly repeated: number;
  readonly reordered: number;
  /** Capture to the last byte's arrival. */
  readonly delayMs: Quantiles | null;
  /** At most 500 of the delays, evenly taken, for the plot. */
  readonly delaysMs: readonly number[];
}

/** What the server's process tree cost in one window. */
export interface CostWindow {
  /** CPU seconds a second. */
  readonly cores: number;
  /** Of each delivered part; null: none was. */
  readonly cpuUsPerPart: number | null;
  /** Proportional set size, megabytes (10^6); null: it may not be read (a peer of another user). */
  readonly pssMb: number | null;
  /** Open connections to the camera; null: cannot be counted. */
  readonly sessions: number | null;
  readonly threads: number;
}

/** After the viewers have left. */
export interface Aftermath {
  /** Until no session with the camera is open, seconds; null: not within the limit, or cannot be counted. */
  readonly closedAfterS: number | null;
  /** Until the tree's CPU is what it was before, seconds; null: not within the limit. */
  readonly quietAfterS: number | null;
  /** How long was waited at most, seconds. */
  readonly limitS: number;
}

export interface WindowResult {
  readonly load: LoadWindow;
  readonly probe: ProbeWindow | null;
  readonly cost: CostWindow | null;
  /** Measured in the first window of a step. */
  readonly after: Aftermath | null;
}

/** All windows of one side with one number of viewers. */
export interface Step {
  readonly viewers: number;
  readonly windows: readonly WindowResult[];
}

export type StopReason = 'half-rate' | 'refused' | 'failed' | 'asked';

export interface SideReport {
  readonly name: string;
  readonly kind: Side['kind'];
  readonly words: string;
  readonly steps: readonly Step[];
  /** Why it was not measured with more viewers; null: it took all that were asked for. */
  readonly stopped: { readonly viewers: number; readonly reason: StopReason; readonly text: string } | null;
  /** 'This camera allows N sessions': what the camera itself refused beyond; null: it did not refuse. */
  readonly sessionsAllowed: number | null;
  /** Parts that both ends counted, after a graceful stop; null: the server does not count. */
  readonly agreement: { readonly client: number; readonly server: number } | null;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** Operating system and kernel; never a host's name. */
  readonly system: string;
  readonly node: string;
  readonly sightline: string;
}

export interface BenchOptions {
  readonly viewers: readonly number[];
  readonly modes: readonly ModeName[];
  /** Length of a window and of the warm-up before it, seconds. */
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** Windows for each figure. One: 'no range'. */
  readonly windows: number;
  readonly quick: boolean;
}

export interface BenchReport {
  readonly format: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly tookSeconds: number;
  readonly machine: Machine;
  readonly camera: Pick<CameraUnderTest, 'display' | 'kind' | 'codec' | 'width' | 'height' | 'fps'> & {
    readonly hasStrip: boolean;
  };
  readonly options: BenchOptions;
  readonly sides: readonly SideReport[];
  readonly absent: readonly AbsentSide[];
  /** Sentences that whoever reads the figures must know. */
  readonly notes: readonly string[];
}

/** What the run tells while it goes on. */
export interface Progress {
  /** 0 to 1. */
  readonly done: number;
  readonly text: string;
}
