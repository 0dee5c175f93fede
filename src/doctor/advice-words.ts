// What doctor advises, in English: a sentence for each code of link/finding-codes.ts.

import { ERROR_CODES } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';
import type { AdviceValues, Wording } from '../link/finding-codes.ts';
import { listed } from './figures.ts';
import { SPEAKERS } from './seen-words.ts';

const ELSEWHERE = 'Find its address of today: `sightline discover` lists the cameras of your networks.';

export const ADVICE_WORDS: Wording<AdviceValues> = {
  'as-problem': ({ problem }) => ERROR_CODES[problem].hint,
  'open-through-ffmpeg': () => HINTS.throughFfmpeg,
  'choose-h264-or-ffmpeg': () => HINTS.h264OrFfmpeg,
  'write-own-address': () => HINTS.ownAddress,
  'write-web-address': () => HINTS.webAddress,
  'look-on-its-page': () => HINTS.onItsPage,
  'switch-off-and-on': () => HINTS.digestBefore,
  'let-read-file': () => HINTS.readableFile,
  'join-video-group': () => HINTS.videoGroup,
  'choose-video-device': () => HINTS.videoDevice,
  'write-ip': () => "Check this machine's network, or write the camera's IP address instead of its name.",
  'check-name': () => "Check the spelling, or write the camera's IP address: your router's list of devices shows it.",
  'check-name-mdns': () =>
    "Check the spelling; names in .local need mDNS on this machine: else write the camera's IP address.",
  'write-ipv4': () => "This machine has no IPv6 way there: write the camera's IPv4 address.",
  'connect-machine': () => 'Connect this machine to a network; check its cable or Wi-Fi and its own address.',
  'find-camera': () => `Is the camera switched on and plugged in? ${ELSEWHERE}`,
  'find-camera-or-its-address': () =>
    `Is the camera switched on and plugged in, or has it another address now? ${ELSEWHERE}`,
  'check-address-and-router': ({ network }) =>
    `This machine is in ${network ?? 'another network'}, the address is behind a router: check the address, and that the router lets you through.`,
  'switch-on-rtsp': () => 'Switch on RTSP in the camera, or write the port that it uses.',
  'switch-on-web-server': () => "Switch on the camera's web server, or write the port that it uses.",
  'write-port': ({ host, port }) => `Write the right port behind the host, such as ${host}:${port}.`,
  'use-plain-or-unverified': () =>
    'Use its plain address, or do not check the certificate: --insecure here, tlsVerify: false in the config.',
  'write-scheme-or-tls-port': ({ scheme }) =>
    `Write ${scheme} in the address, or the port that the camera uses for TLS.`,
  'write-scheme': ({ scheme }) => `Write ${scheme} in the address.`,
  'http-is-not-rtsp': () =>
    "Is this the camera's address? RTSP mostly has port 554; the address of a web server begins with http://.",
  'not-of-a-camera': () => 'Check address and port: this is not the port of a camera.',
  'restart-or-look-who': () => 'Restart the camera; if it stays, another device or a firewall is at this address.',
  'choose-digest-or-basic': () => 'Choose Digest or Basic for RTSP and HTTP in the camera.',
  'give-login': () => "Give the camera's user name and password.",
  'check-login': () =>
    'Check both in the camera: many have an account of its own for RTSP or ONVIF, and some are locked for a while after wrong tries.',
  'allow-address': () =>
    'Look in the camera for a list of allowed addresses, or whether this stream is switched on for the account.',
  'close-others': () => 'Close other programs that watch the camera, or restart it.',
  'find-camera-instead': ({ kind }) => `This is ${SPEAKERS[kind]}: find the address of the camera itself.`,
  'path-works': ({ tried, sources }) => `Of ${paths(tried)} that cameras use, this works here: ${listed(sources)}.`,
  'path-asks-password': ({ tried, sources }) =>
    `Of ${paths(tried)} that cameras use, this asks for a password here: ${listed(sources)}.`,
  'path-none-works': ({ tried }) =>
    `None of ${paths(tried)} that cameras use works here. Look for the RTSP address in the camera's manual or settings; \`sightline discover\` may find it.`,
  'choose-main-or-high': () =>
    'As MJPEG every browser shows it; choose the Main or High profile in the camera for the others.',
  'choose-video': () => 'This is the address of its sound, or of a recording: choose another.',
  'switch-off-srtp': () => 'Switch off SRTP in the camera, or use rtsps://.',
  'restart-camera': () => 'Restart the camera; look whether its own page or app shows a picture.',
  'lower-size-or-rate': () =>
    'Something holds pictures back: lower size or rate in the camera, or improve its network.',
  'set-keyframe-interval': () => 'Set the keyframe interval (I-frame interval, GOP) in the camera to 1 or 2 seconds.',
  'arrival-is-used': () =>
    'The time of arrival is used instead: the picture may stutter. Update the camera, or restart it.',
  'set-time-zone': () => 'Set time zone and daylight saving time in the camera, and let it ask a time server (NTP).',
  'ask-time-server': () => 'Let the camera ask a time server (NTP); if it does, look at the clock of this machine.',
  'opened-again': () =>
    'It is opened again by itself; if this stays, restart the camera and look at its load and network.',
  'camera-drops-packets': () =>
    'TCP loses nothing: the camera itself drops packets. Lower its bit rate or picture size, or improve its network (Wi-Fi).',
  'network-holds-back': () =>
    'The network holds packets back: use a cable, or a better Wi-Fi place, or lower the bit rate.',
  'stream-damaged': () =>
    'The stream is damaged in the camera or on the way: restart or update the camera, or use a cable or a better Wi-Fi place.',
};

function paths(tried: number): string {
  return tried === 1 ? 'one path' : `${tried} paths`;
}
