// What doctor saw, in English: a sentence for each code of link/finding-codes.ts. The command and the API say it so; the
// page has words of its own in other languages.

import type { OfferedCodec, SeenValues, SpeakerKind, Wording } from '../link/finding-codes.ts';
import { bits, duration, listed, percent } from './figures.ts';

export const SPEAKERS: Readonly<Record<SpeakerKind, string>> = {
  printer: 'a printer',
  router: 'a router',
  storage: 'a network storage',
  'camera-server': 'a camera server',
  ssh: 'an SSH server',
  'mail-or-ftp': 'a mail or FTP server',
  mail: 'a mail server',
  screen: 'a screen (VNC)',
  tls: 'a server that wants TLS',
};

const CLOCKS: Readonly<Record<SeenValues['clock-agrees']['source'], string>> = {
  rtcp: 'its RTCP reports',
  onvif: 'ONVIF',
  date: 'the Date of its answers',
};

const WAYS = { ahead: 'ahead of', behind: 'behind' } as const;
const SO_LONG = 'so long a new viewer waits, and a lost packet is seen';

export const SEEN_WORDS: Wording<SeenValues> = {
  problem: ({ text }) => sentence(text),
  'not-looked-at': ({ failed }) => `Not looked at: ${failed ?? 'a step'} failed before.`,
  stopped: () => 'The examination was stopped before.',
  'is-device': () => 'A device of this machine: there is no network to look at.',
  'is-file': () => 'A file: there is no network to look at.',
  'is-test-card': () => 'The test card: there is no network to look at.',
  'is-pushed': () => 'A camera that is sent to us: there is nothing to dial.',
  'is-ffmpeg': () => 'FFmpeg opens this source, wherever it is.',
  'ffmpeg-opens': () => 'FFmpeg opens this source; its own reader is not looked into.',

  'name-found': ({ host, addresses }) => `${host} is ${listed(addresses)}.`,
  'name-is-address': ({ host }) => `${host} is an address: there is no name to look up.`,
  'name-server-silent': ({ host }) => `${host} could not be looked up: no name server answered.`,
  'name-unknown': ({ host }) => `Nothing is called ${host}.`,
  'route-here': ({ address }) => `${address} is this machine itself.`,
  'route-attached': ({ address, network, by, own }) =>
    `${address} is in the network ${network} that this machine is plugged into, over ${by} from ${own}.`,
  'route-routed': ({ address, by, own }) =>
    `${address} is reached through a router, ${by === null ? '' : `over ${by} `}from ${own}.`,
  'route-none': ({ address, error }) => `This machine has no way to ${address} (${error}).`,
  'host-answers': ({ host, tookMs, mac }) => `${host} answers in ${duration(tookMs)}${withMac(mac)}.`,
  'host-refuses': ({ host, tookMs, mac }) =>
    `${host} answers in ${duration(tookMs)}${withMac(mac)}: it refused the connection.`,
  'host-without-tcp': ({ host, mac }) => `${mac} has the address ${host}, but does not answer to TCP.`,
  'host-absent': ({ host, network, error }) =>
    `Nobody is at ${host}: no device of the network ${network} answers for this address (${error}).`,
  'host-no-route': ({ host, error }) => `No route leads to the network of ${host} (${error}).`,
  'host-silent': ({ host, waitedMs, error }) => `${host} did not answer within ${duration(waitedMs)} (${error}).`,

  'port-open': ({ port, name, kind, speaks, tls }) => {
    const language = `${speaks === 'rtsp' ? 'an RTSP server' : 'a web server'}${tls ? ', over TLS' : ''}`;
    return `Port ${port} is open: ${called(name, kind) || language}.`;
  },
  'port-open-quiet': ({ port }) => `Port ${port} is open; who listens there says nothing by itself.`,
  'port-open-closes': ({ port }) => `Port ${port} is open; who listens there closes the connection without a word.`,
  'port-closed': ({ port, open }) => `Port ${port} is closed: nothing listens there.${others(open)}`,
  // Somebody is known to be there by another port; the table of neighbours remembers who left for a minute.
  'port-filtered': ({ port, open }) =>
    open.length > 0
      ? `Port ${port} does not answer, although somebody is there: a firewall drops what comes.${others(open)}`
      : `Port ${port} does not answer: a firewall drops what comes, or the camera went away a moment ago.`,
  'port-certificate': ({ port, error }) =>
    `Port ${port} is open, but the camera's certificate was not accepted (${error}).`,
  'port-without-tls': ({ port, error }) => `Port ${port} is open, but does not speak TLS as we do (${error}).`,
  'port-wants-tls': ({ port }) => `At port ${port} a server wants TLS.`,
  'port-speaks-http': ({ port, name, kind }) =>
    `At port ${port} a web server answers${inBrackets(called(name, kind))}: it speaks HTTP, not RTSP.`,
  'port-speaks-rtsp': ({ port, name, kind }) =>
    `At port ${port} an RTSP server answers${inBrackets(called(name, kind))}.`,
  'port-speaks-other': ({ port, kind }) => `At port ${port} something else answers: ${SPEAKERS[kind]}.`,
  'port-speaks-nothing-known': ({ port, bytes }) =>
    `At port ${port} something else answers: ${bytes} bytes that are neither RTSP nor HTTP.`,
  'server-answers': ({ question, status, server, methods }) => {
    const known = methods.length === 0 ? '' : `; it knows ${listed(methods)}`;
    return `${question} was answered with status ${status}${server === '' ? '' : `, by ${server}`}${known}.`;
  },
  'server-silent': ({ question }) => `It was asked ${question} and did not answer.`,

  'login-not-asked': ({ given }) =>
    `The camera asks for no user name and password${given ? '; the ones that are given are not needed' : ''}.`,
  'login-missing': (login) => `The camera asks for user name and password (${asked(login)}).`,
  'login-accepted': (login) => `The camera accepts user name and password (${asked(login)}).`,
  'login-refused': (login) => `The camera does not accept the user name or password (${asked(login)}).`,
  'login-untried': (login) => `The camera asks for user name and password (${asked(login)}), but they were not tried.`,
  'login-unknown-way': (login) => `The camera asks for a login in a way that we do not know (${asked(login)}).`,
  'login-forbidden': () => 'The camera refuses access (403) without asking who we are.',
  'login-not-reached': ({ status }) => `The camera answered ${status} before it asked for a password.`,
  'login-no-answer': () => 'The camera did not answer DESCRIBE, so that it asked for no password either.',
  'path-has-stream': ({ path }) => `There is a stream at ${path}.`,
  'path-has-picture': ({ path }) => `There is a picture at ${path}.`,
  'path-missing': ({ path, text }) => `There is no stream at ${path}: ${sentence(text)}`,
  'path-gives-nothing': ({ path, text }) => `No stream comes from ${path}: ${sentence(text)}`,
  'path-has-page': ({ path, name, kind }) => `No stream comes from ${path}: a web page answers: ${called(name, kind)}.`,

  'tracks-video': (video) => {
    const { codec, width, height, interlaced, fps, audio } = video;
    const size = width === null || height === null ? [] : [`${width}x${height}${interlaced ? ' interlaced' : ''}`];
    const about = [codec, ...size, ...(fps === null ? [] : [`${fps} pictures a second`])].join(', ');
    const sound = audio.length === 0 ? '' : ` Audio: ${listed(audio)}.`;
    return `Video: ${about}, ${playedBy({ ...video, name: codec, isKnown: true })}.${sound}`;
  },
  'tracks-jpeg': ({ single, width, height }) => {
    const size = width === null || height === null ? '' : `, ${width}x${height}`;
    return `Video: MJPEG${single ? ', one picture for each question' : ''}${size}, which every browser plays.`;
  },
  'tracks-no-video': () => 'The camera offers no video here.',
  'tracks-encrypted': () => 'The camera offers encrypted video only (SRTP).',
  'tracks-unplayable': ({ codecs }) => {
    const offers = codecs.map((codec) => `${codec.name}, ${playedBy(codec)}`);
    return `The camera offers only ${listed(offers)}; Sightline opens H.264 and MJPEG itself.`;
  },
  'stream-sends': ({ packets, waitMs, perSecond, kbitPerSecond }) => {
    const rate =
      perSecond === null || kbitPerSecond === null ? '' : `, ${perSecond} pictures and ${bits(kbitPerSecond)} a second`;
    return `The camera sends over TCP: the first of ${packets} packets came after ${duration(waitMs)}${rate}.`;
  },
  'stream-pictures': ({ pictures, waitMs, perSecond, kbEach, longestPauseMs }) => {
    const rate = perSecond === null ? '' : `, ${perSecond.toFixed(1)} a second`;
    const first = `The first of ${pictures} pictures came after ${duration(waitMs)}${rate}, ${kbEach} kB each`;
    return `${first}; longest pause ${duration(longestPauseMs)}.`;
  },
  'stream-refused': ({ text }) => `The camera does not play: ${sentence(text)}`,
  'stream-ended': ({ text }) =>
    `The camera began to play, and ended the session before any video came: ${sentence(text)}`,
  'stream-silent': ({ waitedMs }) => `The camera plays, but sent not one packet of video in ${duration(waitedMs)}.`,
  'stream-not-rtp': ({ frames }) => `The camera plays, but what it sends is not RTP (${frames} frames).`,
  'stream-no-session': () => 'The camera gives no session to look at this.',

  'keyframes-all': () => 'Each picture is a JPEG, which stands alone.',
  'keyframes-every': ({ everyMs }) => `A keyframe comes every ${duration(everyMs)}.`,
  'keyframes-one': ({ watchedMs }) => `One keyframe came in ${duration(watchedMs)}.`,
  'keyframes-late': ({ waitMs }) => `The first keyframe came after ${duration(waitMs)}: ${SO_LONG}.`,
  'keyframes-stopped': ({ forMs }) => `After the first keyframe none came for ${duration(forMs)}: ${SO_LONG}.`,
  'keyframes-far-apart': ({ apartMs }) => `Keyframes are up to ${duration(apartMs)} apart: ${SO_LONG}.`,
  'keyframes-none': ({ watchedMs }) => `In ${duration(watchedMs)} no keyframe came, with which a picture could begin.`,
  'timestamps-rise': ({ byMs }) => `Timestamps rise by ${duration(byMs)} from picture to picture, as time does.`,
  'timestamps-few': ({ pictures }) => `Only ${pictures} pictures came, which tells nothing.`,
  'timestamps-same': ({ pictures }) =>
    `All ${pictures} pictures carry the same timestamp, so their times are not known.`,
  'timestamps-jump': ({ times, watchedMs, mostMs, way }) => {
    const often = times === 1 ? 'once' : `${times} times`;
    return `Timestamps jumped ${often} in ${duration(watchedMs)}, at most ${duration(mostMs)} ${way}.`;
  },
  'timestamps-pace': ({ factor }) => `Timestamps run ${factor.toFixed(2)} times as fast as time.`,
  'timestamps-dated': () => 'Each picture says when it was taken (X-Timestamp).',
  'timestamps-none': () => 'Pictures over HTTP carry no timestamps: the time of their arrival is used.',
  'clock-agrees': ({ withinMs, source }) => {
    const within = withinMs === null ? 'a few seconds' : duration(withinMs);
    return `The camera's clock agrees with this machine's to ${within}, by ${CLOCKS[source]}.`;
  },
  'clock-agrees-but-rtcp': ({ offMs, way }) =>
    `The camera's clock agrees with this machine's to a few seconds, by ONVIF; its RTCP reports are ${duration(offMs)} ${WAYS[way]} it.`,
  'clock-differs': ({ offMs, way, source }) =>
    `The camera's clock is ${duration(offMs)} ${WAYS[way]} this machine's, by ${CLOCKS[source]}.`,
  'clock-counts-from-start': () => 'The camera reports a time since its start, which is no time of day.',
  'clock-untold': () => 'The camera told no time: neither an RTCP report nor a Date came, and it does not speak ONVIF.',
  'loss-none': ({ lost, expected, ...rest }) =>
    `${lost === 0 ? 'None' : lost} of ${expected} packets missing in ${courseOf(rest)}.`,
  'loss-some': ({ share, expected, ...rest }) =>
    `${percent(share)} of ${expected} packets were missing in ${courseOf(rest)}.`,
  'loss-ended': ({ watchedMs, text }) => `The camera ended the session after ${duration(watchedMs)}: ${sentence(text)}`,
  'loss-hidden': () => 'HTTP repeats what is lost; what is held back shows in the longest pause.',

  'picture-came': ({ width, height, afterMs }) =>
    `The first picture has ${width}x${height} and came after ${duration(afterMs)}.`,
  'picture-undecodable': () => 'What the camera sends could not be decoded.',
  'picture-none': () => 'No picture came.',
  'picture-none-because': ({ text }) => `No picture came: ${sentence(text)}`,
  'decoding-sound': ({ pictures }) => `${pictures} pictures were decoded without an error.`,
  'decoding-nothing': () => 'There was no picture to decode.',
  'decoding-ended': ({ text }) => `Pictures came, then none any more: ${sentence(text)}`,
  'decoding-bad': ({ pictures, bad }) => `${pictures} pictures were decoded; ${bad} could not be, or only in part.`,
  'decoding-bad-by-loss': ({ pictures, bad }) =>
    `${pictures} pictures were decoded; ${bad} could not be, or only in part. Packets were missing, which explains it.`,
};

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `HP HTTP Server, "LaserJet", a printer`; empty for somebody without a name. */
function called(name: string, kind: SpeakerKind | null): string {
  return [name, kind === null ? '' : SPEAKERS[kind]].filter((part) => part !== '').join(', ');
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`;
}

function withMac(mac: string | null): string {
  return mac === null ? '' : `, with the MAC address ${mac}`;
}

function others(open: readonly number[]): string {
  return open.length === 0 ? '' : ` Open there: ${listed(open)}.`;
}

function asked({ ways, realm }: SeenValues['login-missing']): string {
  return `${ways.length === 0 ? 'without saying how' : listed(ways)}${realm === '' ? '' : `, realm "${realm}"`}`;
}

function playedBy({ isKnown, plays, partly }: OfferedCodec): string {
  if (!isKnown) return 'of which it is not known which browsers play it';
  if (plays.length + partly.length === 0) return 'which no browser plays';
  const some = partly.length > 0 ? `${listed(partly)} only where the machine decodes it` : '';
  if (plays.length === 0) return `which plays in ${some}`;
  return `which ${listed(plays)} ${plays.length === 1 ? 'plays' : 'play'}${some === '' ? '' : `, ${some}`}`;
}

type CourseValues = Omit<SeenValues['loss-none'], 'lost' | 'expected'>;

function courseOf({ watchedMs, disordered, jitterMs, longestPauseMs }: CourseValues): string {
  const order = disordered === 0 ? '' : `, ${disordered} came late or twice`;
  const spread = jitterMs === null ? 'jitter cannot be told without good timestamps' : `jitter ${duration(jitterMs)}`;
  return `${duration(watchedMs)}${order}; ${spread}, longest pause ${duration(longestPauseMs)}`;
}
