// What the steps of an examination may say, as codes with plain values: whoever shows it in another language has the
// words, src/doctor/seen-words.ts and advice-words.ts have the English ones. A code keeps its meaning and its values.

import type { ErrorCode } from '../base/errors.ts';
import type { StepName } from './examination-steps.ts';

/** What a device that is no camera may be, by what it says of itself. */
export const SPEAKER_KINDS = [
  ...(['printer', 'router', 'storage', 'camera-server', 'ssh', 'mail-or-ftp', 'mail', 'screen', 'tls'] as const),
] as const;

export type SpeakerKind = (typeof SPEAKER_KINDS)[number];

/** A codec and the browsers that play it as it is. */
export interface OfferedCodec {
  readonly name: string;
  /** False: nobody knows which browsers play it. */
  readonly isKnown: boolean;
  readonly plays: readonly string[];
  /** These only where the machine decodes it. */
  readonly partly: readonly string[];
}

/** The kinds of values by name; a list of words stands for one of them. Texts of devices are made plain before. */
interface Kinds {
  readonly text: string;
  readonly 'text?': string | null;
  readonly texts: readonly string[];
  readonly number: number;
  readonly 'number?': number | null;
  readonly numbers: readonly number[];
  readonly flag: boolean;
  readonly step: StepName | null;
  readonly problem: ErrorCode;
  readonly speaker: SpeakerKind;
  readonly 'speaker?': SpeakerKind | null;
  readonly codecs: readonly OfferedCodec[];
}

export type ValueKind = keyof Kinds | readonly string[];
export type CodeTable = Readonly<Record<string, Readonly<Record<string, ValueKind>>>>;

type ValueOf<K> = K extends keyof Kinds ? Kinds[K] : K extends readonly (infer Word)[] ? Word : never;
type ValuesOf<T> = { readonly [C in keyof T]: { readonly [N in keyof T[C]]: ValueOf<T[C][N]> } };

const PROBLEM = { problem: 'problem', text: 'text' } as const;
const LOGIN = { ways: 'texts', realm: 'text' } as const;
const SPEAKER = { port: 'number', name: 'text', kind: 'speaker?' } as const;
const PACKETS = { expected: 'number', watchedMs: 'number', disordered: 'number' } as const;
const RHYTHM = { jitterMs: 'number?', longestPauseMs: 'number' } as const;
const CLOCK_OFF = { offMs: 'number', way: ['ahead', 'behind'] } as const;
const CLOCK = { source: ['rtcp', 'onvif', 'date'] } as const;

/** What was seen. */
export const SEEN_CODES = {
  // any step
  /** `text`: what happened, in English; here and wherever a problem is named. */
  problem: PROBLEM,
  'not-looked-at': { failed: 'step' },
  stopped: {},
  'is-device': {},
  'is-file': {},
  'is-test-card': {},
  'is-pushed': {},
  'is-ffmpeg': {},
  'ffmpeg-opens': {},
  // name, route, reach
  'name-found': { host: 'text', addresses: 'texts' },
  'name-is-address': { host: 'text' },
  'name-server-silent': { host: 'text' },
  'name-unknown': { host: 'text' },
  'route-here': { address: 'text' },
  'route-attached': { address: 'text', network: 'text', by: 'text', own: 'text' },
  'route-routed': { address: 'text', by: 'text?', own: 'text' },
  'route-none': { address: 'text', error: 'text' },
  'host-answers': { host: 'text', tookMs: 'number', mac: 'text?' },
  'host-refuses': { host: 'text', tookMs: 'number', mac: 'text?' },
  'host-without-tcp': { host: 'text', mac: 'text' },
  'host-absent': { host: 'text', network: 'text', error: 'text' },
  /** The system or a router on the way says that no route leads to its network. */
  'host-no-route': { host: 'text', error: 'text' },
  'host-silent': { host: 'text', waitedMs: 'number', error: 'text' },
  // port, server
  'port-open': { ...SPEAKER, speaks: ['rtsp', 'http'], tls: 'flag' },
  'port-open-quiet': { port: 'number' },
  'port-open-closes': { port: 'number' },
  'port-closed': { port: 'number', open: 'numbers' },
  'port-filtered': { port: 'number', open: 'numbers' },
  'port-certificate': { port: 'number', error: 'text' },
  'port-without-tls': { port: 'number', error: 'text' },
  'port-wants-tls': { port: 'number' },
  'port-speaks-http': SPEAKER,
  'port-speaks-rtsp': SPEAKER,
  'port-speaks-other': { port: 'number', kind: 'speaker' },
  'port-speaks-nothing-known': { port: 'number', bytes: 'number' },
  'server-answers': { question: ['OPTIONS', 'GET'], status: 'number', server: 'text', methods: 'texts' },
  'server-silent': { question: ['OPTIONS', 'GET'] },
  // login, path
  'login-not-asked': { given: 'flag' },
  'login-missing': LOGIN,
  'login-accepted': LOGIN,
  'login-refused': LOGIN,
  'login-untried': LOGIN,
  'login-unknown-way': LOGIN,
  'login-forbidden': {},
  'login-not-reached': { status: 'number' },
  'login-no-answer': {},
  'path-has-stream': { path: 'text' },
  'path-has-picture': { path: 'text' },
  'path-missing': { path: 'text', ...PROBLEM },
  'path-gives-nothing': { path: 'text', ...PROBLEM },
  'path-has-page': { path: 'text', name: 'text', kind: 'speaker?' },
  // tracks, stream
  'tracks-video': {
    ...{ codec: 'text', width: 'number?', height: 'number?', interlaced: 'flag', fps: 'number?' },
    ...{ plays: 'texts', partly: 'texts', audio: 'texts' },
  },
  'tracks-jpeg': { single: 'flag', width: 'number?', height: 'number?' },
  'tracks-no-video': {},
  'tracks-encrypted': {},
  'tracks-unplayable': { codecs: 'codecs' },
  'stream-sends': { packets: 'number', waitMs: 'number', perSecond: 'number?', kbitPerSecond: 'number?' },
  'stream-pictures': {
    ...{ pictures: 'number', waitMs: 'number', perSecond: 'number?' },
    ...{ kbEach: 'number', longestPauseMs: 'number' },
  },
  'stream-refused': PROBLEM,
  'stream-ended': PROBLEM,
  'stream-silent': { waitedMs: 'number' },
  'stream-not-rtp': { frames: 'number' },
  'stream-no-session': {},
  // keyframes, timestamps, clock, loss
  'keyframes-all': {},
  'keyframes-every': { everyMs: 'number' },
  'keyframes-one': { watchedMs: 'number' },
  'keyframes-late': { waitMs: 'number' },
  'keyframes-stopped': { forMs: 'number' },
  'keyframes-far-apart': { apartMs: 'number' },
  'keyframes-none': { watchedMs: 'number' },
  'timestamps-rise': { byMs: 'number' },
  'timestamps-few': { pictures: 'number' },
  'timestamps-same': { pictures: 'number' },
  'timestamps-jump': { times: 'number', watchedMs: 'number', mostMs: 'number', way: ['ahead', 'back'] },
  'timestamps-pace': { factor: 'number' },
  'timestamps-dated': {},
  'timestamps-none': {},
  /** `withinMs` null: to a few seconds, for there are whole ones only. */
  'clock-agrees': { withinMs: 'number?', ...CLOCK },
  'clock-differs': { ...CLOCK_OFF, ...CLOCK },
  /** By ONVIF it agrees, and its RTCP reports are off: many cameras write their local time into them. */
  'clock-agrees-but-rtcp': CLOCK_OFF,
  'clock-counts-from-start': {},
  'clock-untold': {},
  'loss-none': { lost: 'number', ...PACKETS, ...RHYTHM },
  /** `share`: of one. */
  'loss-some': { share: 'number', ...PACKETS, ...RHYTHM },
  'loss-ended': { watchedMs: 'number', ...PROBLEM },
  'loss-hidden': {},
  // first picture, decoding
  'picture-came': { width: 'number', height: 'number', afterMs: 'number' },
  'picture-undecodable': {},
  'picture-none': {},
  'picture-none-because': PROBLEM,
  'decoding-sound': { pictures: 'number' },
  'decoding-nothing': {},
  'decoding-ended': PROBLEM,
  'decoding-bad': { pictures: 'number', bad: 'number' },
  'decoding-bad-by-loss': { pictures: 'number', bad: 'number' },
} as const satisfies CodeTable;

/** What to do. */
export const ADVICE_CODES = {
  /** What the code of the problem says. */
  'as-problem': { problem: 'problem' },
  'open-through-ffmpeg': {},
  'choose-h264-or-ffmpeg': {},
  'write-own-address': {},
  'write-web-address': {},
  'look-on-its-page': {},
  'switch-off-and-on': {},
  'let-read-file': {},
  'join-video-group': {},
  'choose-video-device': {},
  'write-ip': {},
  'check-name': {},
  'check-name-mdns': {},
  'write-ipv4': {},
  'connect-machine': {},
  'find-camera': {},
  'find-camera-or-its-address': {},
  /** `network`: of this machine. */
  'check-address-and-router': { network: 'text?' },
  'switch-on-rtsp': {},
  'switch-on-web-server': {},
  'write-port': { host: 'text', port: 'number' },
  'use-plain-or-unverified': {},
  'write-scheme-or-tls-port': { scheme: 'text' },
  'write-scheme': { scheme: 'text' },
  'http-is-not-rtsp': {},
  'not-of-a-camera': {},
  'restart-or-look-who': {},
  'choose-digest-or-basic': {},
  'give-login': {},
  'check-login': {},
  'allow-address': {},
  'close-others': {},
  'find-camera-instead': { kind: 'speaker' },
  'path-works': { tried: 'number', sources: 'texts' },
  'path-asks-password': { tried: 'number', sources: 'texts' },
  'path-none-works': { tried: 'number' },
  'choose-main-or-high': {},
  'choose-video': {},
  'switch-off-srtp': {},
  'restart-camera': {},
  'lower-size-or-rate': {},
  'set-keyframe-interval': {},
  'arrival-is-used': {},
  'set-time-zone': {},
  'ask-time-server': {},
  'opened-again': {},
  'camera-drops-packets': {},
  'network-holds-back': {},
  /** Pictures come out in part. */
  'stream-damaged': {},
} as const satisfies CodeTable;

export type SeenValues = ValuesOf<typeof SEEN_CODES>;
export type AdviceValues = ValuesOf<typeof ADVICE_CODES>;

/** One of the codes of a table with its values. */
export type Said<V, C extends keyof V = keyof V> = { [K in C]: { readonly code: K; readonly values: V[K] } }[C];

/** A sentence for each code of a table. */
export type Wording<V> = { readonly [C in keyof V]: (values: V[C]) => string };

export type Seen = Said<SeenValues>;
export type Advice = Said<AdviceValues>;
