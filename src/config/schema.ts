// The truth about the config file: every key, its type, its default and its documentation. load.ts checks the file
// against it; docs and messages are made from it. A key appears here with the issue that makes it work.

import { isIP } from 'node:net';
import { z } from 'zod';
import { readHostPort } from './address-authority.ts';
import { CAMERA_ID, CAMERA_ID_RULE } from './address.ts';

/** What a message says beside a wrong value, and what the documentation says of the key. */
interface KeyNotes {
  readonly description: string;
  /** Completes "allowed: …". */
  readonly allowed: string;
}

/** Notes stand beside their schema, so that none can be forgotten or moved. */
export const keyNotes = z.registry<KeyNotes>();

function key<T extends z.ZodType>(schema: T, description: string, allowed: string): T {
  keyNotes.add(schema, { description, allowed });
  return schema;
}

const USER_NAME = /^[A-Za-z0-9._@-]{1,64}$/;
const BASE_PATH = /^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*\/?)?$/;

/** First parts of our own addresses: below one of them a proxied address could mean two things. */
const OWN_PATHS = new Set([
  'camera',
  'cameras',
  'tiles',
  'api',
  'metrics',
  'healthz',
  'readyz',
  'docs',
  'openapi.json',
  'assets',
]);

const hostName = z.string().refine(isHost);
const flag = z.boolean();

export const serverSchema = key(
  z.strictObject({
    host: key(
      hostName.default('127.0.0.1'),
      'Address to listen on. Any but a loopback address needs a token, or --insecure.',
      'an IP address or host name without a port, such as 127.0.0.1 or 0.0.0.0',
    ),
    port: key(
      z.int().min(0).max(65535).default(8080),
      'Port to listen on; 0 takes a free one.',
      'a whole number from 0 to 65535',
    ),
    token: key(
      z
        .string()
        .regex(/^[\x21-\x7e]{1,512}$/)
        .optional(),
      'Who asks from another machine must send it: `Authorization: Bearer TOKEN`.',
      '1 to 512 printable ASCII characters without spaces',
    ),
    allowedHosts: key(
      z.array(key(hostName, 'One host name.', 'a host name without scheme and port')).default([]),
      'Host names under which the server may be asked, beside IP addresses, localhost and the name of this machine.',
      'a list of host names, such as [cams.example.com]',
    ),
    allowedOrigins: key(
      z.array(key(z.string().refine(isOrigin), 'One origin.', 'an origin such as https://app.example.com')).default([]),
      'Web pages of these origins may write and open WebSockets, as our own pages may.',
      'a list of origins, such as [https://app.example.com]',
    ),
    users: key(
      z
        .array(
          key(
            z.strictObject({
              name: key(z.string().regex(USER_NAME), 'Name to log in with.', '1 to 64 of a-z, A-Z, 0-9, . _ @ and -'),
              password: key(z.string().min(1).max(512), 'Password, best as ${NAME}.', 'a text of 1 to 512 characters'),
              grants: key(
                z
                  .array(
                    key(
                      z.enum(['view', 'listen', 'control', 'configure']),
                      'One permission.',
                      'view, listen, control or configure',
                    ),
                  )
                  .default(['view', 'listen', 'control', 'configure']),
                'What this user may do: view, listen, control, configure. Default: all of it.',
                'a list of view, listen, control and configure',
              ),
            }),
            'One user.',
            'a mapping with name and password',
          ),
        )
        .superRefine(refuseNamesakes)
        .default([]),
      'People who log in with a name and a password; each has a name of its own.',
      'a list of users, such as [{ name: anna, password: "${ANNA_PASSWORD}" }]',
    ),
    workers: key(
      z.int().min(1).max(64).default(1),
      'Processes that answer HTTP. More of them never mean more captures.',
      'a whole number from 1 to 64',
    ),
    allowedSources: key(
      z.array(key(z.string().refine(isCidr), 'One network.', 'a network such as 127.0.0.0/8 or ::1/128')).default([]),
      'Networks of this machine that cameras added through the API may be on; those of others need no entry.',
      'a list of networks, such as [127.0.0.0/8]',
    ),
    basePath: key(
      z
        .string()
        .regex(BASE_PATH)
        .refine((text) => !OWN_PATHS.has(text.split('/')[1] ?? ''))
        .default('/'),
      'Path below which a reverse proxy shows the server.',
      'a path such as /sightline, whose first part is none of our own (camera, cameras, api, docs, …)',
    ),
    embed: key(
      z.enum(['any', 'same-origin']).default('any'),
      'Whose pages may show the pictures in an <img>.',
      'any or same-origin',
    ),
  }),
  'The HTTP server.',
  'a mapping of keys and values',
);

/** Names of the processors that come with Sightline; codec has them by these. */
export const BUILT_IN_PROCESSORS: readonly string[] = ['motion', 'overlay', 'qr'];

export const processorSchema = key(
  z
    .strictObject({
      use: key(
        z.enum(BUILT_IN_PROCESSORS).optional(),
        'The built-in processor that it is; not needed where the name is already that of one.',
        BUILT_IN_PROCESSORS.join(', '),
      ),
      file: key(
        z.string().min(1).optional(),
        'A file with a processor of your own (`defineProcessor`); relative to the folder of the config file.',
        'a path such as processors/edges.ts',
      ),
      enabled: key(flag.default(true), 'False: it does not run.', 'true or false'),
      options: key(
        z.record(z.string(), z.unknown()).default({}),
        "The processor's own options; it says itself which it has.",
        'a mapping of options',
      ),
      timeoutMs: key(
        z.int().min(50).max(60_000).default(2000),
        'One frame may take so long, milliseconds; then the processor is started anew.',
        'a whole number from 50 to 60000',
      ),
      memoryMb: key(
        z.int().min(192).max(4096).default(512),
        'Its memory, that of OpenCV included (which begins with 130), megabytes; above it is started anew.',
        'a whole number from 192 to 4096',
      ),
    })
    .superRefine(refuseTwoModules),
  'One processor.',
  'a mapping such as { file: processors/edges.ts, options: { low: 40 } }, or {} for a built-in',
);

export const cameraSchema = key(
  z.strictObject({
    name: key(
      z.string().trim().min(1).max(100).optional(),
      'What people call it, in any language; the id when absent.',
      'a text of 1 to 100 characters',
    ),
    source: key(
      z.string(),
      'Address of the camera; `push:` is one that is sent its pictures (`PUT /cameras/{id}/frame`).',
      'an address such as rtsp://192.168.1.20/stream1, http://…, 0, clip.mp4, test: or push:',
    ),
    username: key(z.string().optional(), 'User name at the camera, as it is.', 'a text'),
    password: key(z.string().optional(), 'Password at the camera, as it is.', 'a text, best as ${NAME}'),
    always: key(flag.default(false), 'Keep the camera open although nobody watches.', 'true or false'),
    enabled: key(flag.default(true), 'False: the camera is listed but never opened.', 'true or false'),
    tlsVerify: key(
      flag.default(true),
      "Check the camera's certificate; false for a camera that signed its own.",
      'true or false',
    ),
    processors: key(
      z.record(z.string().regex(CAMERA_ID), processorSchema).superRefine(refuseNameless).default({}),
      `What runs on its pictures, by name: ${CAMERA_ID_RULE}; not main or sub. Each that shows something is a stream.`,
      'a mapping of names to processors, such as { motion: {} }',
    ),
  }),
  'One camera.',
  'a mapping with at least source: ADDRESS',
);

export const configSchema = key(
  z.strictObject({
    server: serverSchema.prefault({}),
    cameras: key(
      z.record(z.string().regex(CAMERA_ID), cameraSchema).default({}),
      `The cameras, by id: ${CAMERA_ID_RULE}.`,
      'a mapping of ids to cameras',
    ),
  }),
  'The config file.',
  'a mapping with the keys server and cameras',
);

export type ServerConfig = z.output<typeof serverSchema>;
export type CameraEntry = z.output<typeof cameraSchema>;

export const serverDefaults: ServerConfig = serverSchema.parse({});

function refuseTwoModules(
  { use, file }: { use?: string | undefined; file?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (use === undefined || file === undefined) return;
  const fault = 'found both use and file; allowed: one of them';
  context.addIssue({ code: 'custom', path: ['use'], params: { fault } });
}

/** A name without file or use has to be that of a built-in; main and sub are the camera's own streams. */
function refuseNameless(
  processors: Readonly<Record<string, { use?: string | undefined; file?: string | undefined }>>,
  context: z.RefinementCtx,
): void {
  for (const [name, { use, file }] of Object.entries(processors)) {
    const own = name === 'main' || name === 'sub';
    const nameless = use === undefined && file === undefined && !BUILT_IN_PROCESSORS.includes(name);
    if (!own && !nameless) continue;
    const fault = own
      ? `${name} is a stream of the camera itself; allowed: another name`
      : `there is no built-in processor "${name}"; allowed: file: PATH, use: one of ${BUILT_IN_PROCESSORS.join(', ')}, or one of these as the name`;
    context.addIssue({ code: 'custom', path: [name], params: { fault } });
  }
}

/** Says each further user of one name; a message beside the schema's own stands in `params`. */
function refuseNamesakes(users: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { name }] of users.entries()) {
    if (seen.has(name)) {
      const fault = `found the user "${name}" twice; allowed: one user of each name`;
      context.addIssue({ code: 'custom', path: [index, 'name'], params: { fault } });
    }
    seen.add(name);
  }
}

function isHost(text: string): boolean {
  const found = readHostPort(text) ?? readHostPort(`[${text}]`);
  return found !== null && found.port === null;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function isOrigin(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text) && new URL(text).origin === text.toLowerCase();
}
