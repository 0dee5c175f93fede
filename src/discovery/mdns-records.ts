// What devices say by multicast DNS (RFC 6762) and DNS-SD (RFC 6763), put together: a service's instances (PTR), where
// each is (SRV, A) and what it says of itself (TXT). Kept apart by the host that said it, so that none speaks for another.

import { decode, encode } from 'dns-packet';
import type { Answer } from 'dns-packet';
import { SightlineError } from '../base/errors.ts';
import { deviceMac, deviceText } from './device-text.ts';

/** One instance of a service, on the host that told of it. */
export interface ServiceInstance {
  /** `_rtsp._tcp.local`, small letters. */
  readonly type: string;
  /** What somebody called it. */
  readonly name: string | null;
  readonly port: number;
  /** Of TXT, by key in small letters. */
  readonly text: ReadonlyMap<string, string>;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: 'PTR' | 'SRV' | 'TXT' | 'A';
}

/** RFC 6762, 17: the longest message, headers aside. */
export const MAX_DNS_BYTES = 9000;
const MAX_INSTANCES = 64;
const MAX_RECORDS = 512;
const MAX_TEXTS = 64;

/** A query; `unicast` asks for answers to us alone (RFC 6762, 5.4: the top bit of a question's class). */
export function writeQuery(questions: readonly DnsQuestion[], unicast: boolean): Buffer {
  const message = encode({ type: 'query', id: 0, flags: 0, questions: questions.map((each) => ({ ...each })) });
  //  questions begin at 12:  | labels ... | 0 | type (2) | class (2) |
  let at = 12;
  for (let left = unicast ? questions.length : 0; left > 0; left -= 1) {
    while (message[at] !== 0 && at < message.length) at += message[at]! + 1;
    at += 3;
    message[at]! |= 0x80;
    at += 2;
  }
  return message;
}

/** The records of an answer, of all its sections; empty for a query. Throws `camera-protocol` when it is no DNS. */
export function readRecords(bytes: Buffer): Answer[] {
  if (bytes.length > MAX_DNS_BYTES) throw new SightlineError('camera-protocol', 'the DNS message is too long');
  try {
    const { type, answers = [], additionals = [] } = decode(bytes);
    return type === 'response' ? [...answers, ...additionals] : [];
  } catch (error) {
    throw new SightlineError('camera-protocol', 'the DNS message cannot be read', { cause: error });
  }
}

/** What one host has told. */
export class HostRecords {
  readonly #types: ReadonlySet<string>;
  readonly #instances = new Map<string, { type: string; name: string }>();
  readonly #places = new Map<string, { target: string; port: number }>();
  readonly #texts = new Map<string, ReadonlyMap<string, string>>();
  readonly #addresses = new Map<string, Set<string>>();
  #records = 0;

  /** `types`: the services that are looked for (`_rtsp._tcp.local`). */
  constructor(types: readonly string[]) {
    this.#types = new Set(types);
  }

  add(records: readonly Answer[]): void {
    for (const record of records) {
      if (this.#records >= MAX_RECORDS) return;
      this.#records += 1;
      this.#addOne(record);
    }
  }

  /** The instances whose place is known, on a host that has this address: others were told of somebody else. */
  at(address: string): ServiceInstance[] {
    return [...this.#instances].flatMap(([key, { type, name }]) => {
      const place = this.#places.get(key);
      if (place === undefined) return [];
      const addresses = this.#addresses.get(place.target);
      if (addresses !== undefined && !addresses.has(address)) return [];
      const text = this.#texts.get(key) ?? new Map<string, string>();
      return [{ type, name: deviceText(name.slice(0, -type.length - 1)), port: place.port, text }];
    });
  }

  /** What must still be asked to know where each instance is. */
  missing(): DnsQuestion[] {
    return [...this.#instances]
      .filter(([key, { name }]) => !this.#places.has(key) && isWritable(name))
      .flatMap(([, { name }]): DnsQuestion[] => [
        { name, type: 'SRV' },
        { name, type: 'TXT' },
      ]);
  }

  #addOne(record: Answer): void {
    const key = record.name.toLowerCase();
    if (record.type === 'PTR') this.#addInstance(key, record.data);
    else if (record.type === 'A') this.#addAddress(key, record.data);
    else if (record.type === 'TXT') this.#texts.set(key, readText(record.data));
    else if (record.type === 'SRV' && record.data.port > 0) {
      this.#places.set(key, { target: record.data.target.toLowerCase(), port: record.data.port });
    }
  }

  #addInstance(type: string, name: string): void {
    const key = name.toLowerCase();
    if (!this.#types.has(type) || !key.endsWith(`.${type}`) || this.#instances.size >= MAX_INSTANCES) return;
    this.#instances.set(key, { type, name });
  }

  #addAddress(host: string, address: string): void {
    const known = this.#addresses.get(host) ?? new Set<string>();
    this.#addresses.set(host, known.add(address));
  }
}

/** The hardware address that an instance tells (Axis: fixture axis): `macaddress=ACCC8E000001`. */
export function macOf({ text }: ServiceInstance): string | null {
  return deviceMac(text.get('macaddress') ?? text.get('mac'));
}

/** RFC 6763, 6: strings of `key=value`; the first of a key counts. */
function readText(data: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const strings: readonly unknown[] = Array.isArray(data) ? data : [data];
  for (const each of strings.slice(0, MAX_TEXTS)) {
    const text = Buffer.isBuffer(each) ? each.toString('utf8') : typeof each === 'string' ? each : '';
    const [, key, value = ''] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (key !== undefined && !found.has(key.toLowerCase())) found.set(key.toLowerCase(), value);
  }
  return found;
}

/** A name that can be asked for again: bytes that were no UTF-8 have become longer than a label may be. */
function isWritable(name: string): boolean {
  const labels = name.split('.').map((label) => Buffer.byteLength(label));
  return labels.every((length) => length > 0 && length < 64) && Buffer.byteLength(name) < 254;
}
