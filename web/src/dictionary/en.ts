// Every sentence of the page in English. Its type is the dictionary's: another language that lacks one does not compile.
// What changes inside a sentence is a parameter, so that each language puts it where it belongs.

import type { ErrorCode } from '../api.ts';
import { discoveryEn } from './discovery-en.ts';
import { doctorEn } from './doctor-en.ts';
import { manageEn } from './manage-en.ts';
import { processorsEn } from './processors-en.ts';
import { watchEn } from './watch-en.ts';

/** What the page says of a problem in its own words, where it does not show the server's English ones. */
export interface ProblemWords {
  /** One sentence: what happened. */
  readonly title: string;
  /** One sentence: what a person can do. */
  readonly hint: string;
}

/** Where a camera was looked for. */
export interface Place {
  readonly host: string;
  readonly port: string;
}

/** What a form says beside a field when a camera gave no picture, by code. Others are said in the server's words. */
export type TrialSentences = Readonly<Partial<Record<ErrorCode, (place: Place) => string>>>;

const trialSentences: TrialSentences = {
  'camera-unreachable': ({ host }) => `No camera at ${host}: the address does not answer. Is it switched on?`,
  'camera-unknown-host': ({ host }) => `No machine called ${host} is known here. Is the name right?`,
  'camera-refused': ({ host, port }) =>
    `No camera at ${host}: nothing answers on port ${port}. Is it switched on? Is the port right?`,
  'camera-timeout': ({ host }) => `${host} answers too slowly, or not at all. Is it switched on?`,
  'camera-unauthorized': ({ host }) => `${host} wants a user name and a password, or these are wrong.`,
  'camera-not-found': ({ host }) => `${host} answers, but has no picture at this path. Is the path right?`,
  'camera-protocol': ({ host }) =>
    `${host} answers, but sends no camera picture: this may be the address of a web page.`,
  'camera-busy': ({ host }) => `${host} allows no more viewers: close another program that watches it.`,
  'picture-timeout': ({ host }) => `${host} answers, but no picture came.`,
};

export const en = {
  states: {
    live: 'Live',
    starting: 'Starting',
    frozen: 'Frozen',
    ready: 'Ready',
    off: 'Off',
    needsPassword: 'Needs password',
    notShowable: 'Cannot be shown here',
    old: 'Old',
    switchedOff: 'Switched off',
    failed: 'Failed',
    since: (time: string) => `since ${time}`,
  },
  titles: {
    frozen: (name: string) => `${name} is frozen.`,
    needsPassword: (name: string) => `${name} wants a password.`,
    notShowable: (name: string) => `${name} cannot be shown.`,
    switchedOff: (name: string) => `${name} is switched off.`,
    off: (name: string) => `${name} is off.`,
    failed: (name: string) => `${name} has failed.`,
    old: (name: string) => `${name}: the last picture is old.`,
    starting: (name: string) => `${name} is starting.`,
  },
  explain: {
    noNewPictures: 'The camera is connected but sends no new pictures.',
    since: (time: string, age: string) => `Since ${time}, ${age} ago.`,
    triedAgain: 'It is tried again by itself.',
  },
  ages: {
    seconds: (n: string) => `${n} s`,
    minutes: (n: string) => `${n} min`,
    hours: (n: string) => `${n} h`,
    days: (n: string) => `${n} days`,
  },
  counts: {
    live: (n: number) => `${n} live`,
    liveOf: (n: number, all: number) => `${n} of ${all} live`,
    ready: (n: number) => `${n} ready`,
    problem: (n: number) => `${n} with a problem`,
    none: 'none switched on',
    viewers: (n: number) => (n === 1 ? '1 viewer' : `${n} viewers`),
  },
  clocks: {
    rtcp: "the camera's clock",
    device: "the device's clock",
    sender: "the sender's clock",
    arrival: 'time of arrival',
    none: 'no clock',
    within: (words: string, ms: string) => `${words} ± ${ms} ms`,
  },
  page: {
    asking: 'Asking the server',
    silent: 'The server does not answer',
    lost: (time: string) => `Lost the server at ${time}. Pictures below are old. Trying again.`,
    unknownCamera: (id: string) => `No camera called ${id}`,
    unknownCameraWhy: 'It may have another name now. These are there:',
    cameras: 'Cameras',
    camera: (name: string) => `Camera ${name}`,
    pictureOf: (name: string) => `Picture of ${name}`,
  },
  copy: {
    copy: 'Copy',
    copyWhat: (what: string) => `Copy: ${what}`,
    copied: 'Copied',
    byKey: 'Press Ctrl+C',
  },
  facts: {
    addresses: (name: string) => `Addresses of ${name}`,
    inPage: 'In a web page',
    moving: 'Moving picture',
    one: 'One picture',
    picture: 'Picture',
    sizeUnknown: 'size not known yet',
    rate: (n: string) => `${n} fps`,
    viewers: 'Viewers',
    captureTime: 'Capture time',
    source: 'Source',
  },
  /** The wall and the opened camera. */
  watch: watchEn,
  /** Forms, settings, and a camera's own page. */
  manage: manageEn,
  /** Processors, the streams that they show, and what they find. */
  processors: processorsEn,
  discovery: discoveryEn,
  /** Why a camera has no picture. */
  doctor: doctorEn,
  trial: trialSentences,
  /** Null: the server's own words are in this language. */
  problems: null as Readonly<Record<ErrorCode, ProblemWords>> | null,
};

export type Dictionary = typeof en;
