// The HTTP contract of discovery: what a search takes and what it shows. Runs in a browser: no Node imports.

import { z } from 'zod';
import { IsoTime, Reason } from './contract-words.ts';

/** Body of POST /api/discovery; an empty object looks through the networks that this machine is attached to. */
export const DiscoveryRequest = z
  .strictObject({
    subnet: z.string().max(64).optional().describe('A private network, such as 192.168.1.0/24'),
    address: z.string().max(64).optional().describe('Looks at this one device only, anew; the others stay in the list'),
    username: z.string().min(1).max(256).optional().describe('For devices that ask; used for this search only'),
    password: z.string().max(512).optional().describe('For devices that ask; used for this search only'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    error: 'username and password come together',
    path: ['password'],
  })
  .refine(({ subnet, address }) => subnet === undefined || address === undefined, {
    error: 'give subnet or address, not both',
    path: ['address'],
  })
  .meta({ id: 'DiscoveryRequest' });

const Way = z.enum(['neighbours', 'ports', 'ws-discovery', 'mdns', 'phone', 'onvif', 'paths']);

const FoundStream = z
  .object({
    source: z.string().describe('As a source of the config, without credentials'),
    label: z.string().describe('main, sub, or what the device calls it'),
    way: Way,
    confirmed: z.boolean().describe('It was opened; false: it asks for a password, or was only named'),
    codec: z.string().describe("FFmpeg's name; empty when not known"),
    width: z.number().describe('Pixels; 0 when not known'),
    height: z.number().describe('Pixels; 0 when not known'),
    fps: z.number().describe('0 when not known'),
  })
  .meta({ id: 'FoundStream' });

export const FoundCamera = z
  .object({
    id: z.string().describe('Of this search only'),
    address: z.string(),
    otherAddresses: z.array(z.string()),
    mac: z.string().nullable(),
    serial: z.string().nullable(),
    name: z.string().nullable(),
    maker: z.string().nullable(),
    model: z.string().nullable(),
    ways: z.array(Way).describe('How it was seen'),
    services: z.array(
      z.object({ kind: z.enum(['rtsp', 'http', 'web', 'onvif', 'phone']), port: z.number().int(), url: z.string() }),
    ),
    streams: z.array(FoundStream).describe('Addresses that give a picture, best first'),
    needsPassword: z.boolean(),
    cameras: z.array(z.string()).describe('Ids of configured cameras at this address'),
  })
  .meta({ id: 'FoundCamera' });

export const Discovery = z
  .object({
    state: z.enum(['none', 'running', 'ended']),
    startedAt: IsoTime.nullable(),
    endedAt: IsoTime.nullable(),
    expiresAt: IsoTime.nullable().describe('When the list is forgotten'),
    networks: z.array(z.string()).describe('What is looked through'),
    cameras: z.array(FoundCamera),
    problem: Reason.nullable().describe('Why it ended early'),
  })
  .meta({ id: 'Discovery' });

export type Discovery = z.infer<typeof Discovery>;
export type DiscoveryRequest = z.infer<typeof DiscoveryRequest>;
export type FoundCamera = z.infer<typeof FoundCamera>;
