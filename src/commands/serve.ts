// `sightline serve`: reads the config or the sources named, starts the server, says its address, ends it on a signal.

import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import pino from 'pino';
import { App } from '../app.ts';
import { SightlineError } from '../base/errors.ts';
import type { Config } from '../config/load.ts';
import { serverSchema } from '../config/schema.ts';
import type { ServerOverrides } from '../config/server-keys.ts';
import { CONFIG_NAME, openSettings } from '../settings.ts';
import type { Settings } from '../settings.ts';
import type { Command, ParsedCommand } from './command.ts';
import { listenForSignals } from './signals.ts';

/** Bytes of log that are kept for a reader that does not read; what is over is lost. */
const MAX_UNREAD_LOG = 1024 * 1024;

export const serve: Command = {
  name: 'serve',
  operands: '[SOURCE ...]',
  summary:
    'Serves cameras to browsers. SOURCE is [id=]ADDRESS: rtsp://…, http://…, /dev/video0 (or 0), clip.mp4, test:,\n' +
    `push: (it is sent its pictures), ffmpeg:ANY. Without a source: ${CONFIG_NAME} of this folder, else a test card.`,
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: `Config file. Default: ${CONFIG_NAME} of this folder, if it is there.`,
    },
    state: {
      type: 'string',
      value: 'DIR',
      help: 'Folder for keys and what is known of cameras. Default: .sightline beside the config.',
    },
    host: { type: 'string', value: 'ADDR', help: 'Address to listen on. Default 127.0.0.1.' },
    port: { type: 'string', value: 'PORT', help: 'Port to listen on; 0 takes a free one. Default 8080.' },
    workers: { type: 'string', value: 'N', help: 'Processes that answer HTTP, 1 to 64. Default 1.' },
    insecure: { type: 'boolean', help: 'Listen beyond this machine although no token is configured.' },
    json: { type: 'boolean', help: 'Say the address as one line of JSON.' },
  },
  examples: [
    ['sightline', 'the cameras of sightline.yaml, else the test card'],
    ['sightline rtsp://admin:secret@192.168.1.20/stream1', 'one camera; see it at http://127.0.0.1:8080/'],
    ['sightline door=rtsp://192.168.1.20/stream1 phone=http://192.168.1.30:8080/video', 'two cameras with names'],
    ['sightline 0', 'the default webcam'],
  ],
  run: serveUntilSignal,
};

async function serveUntilSignal({ values, operands }: ParsedCommand): Promise<void> {
  process.title = 'sightline main';
  const log = openLog();
  const settings = await openSettingsOf(values, operands, log);
  let app: App | null = null;
  const signals = listenForSignals(() => {
    app?.killNow();
    process.exit(1);
  });
  app = await App.start({ ...settings, insecure: values['insecure'] === true, log });
  announce(app, settings.config.config, values['json'] === true);
  const signal = await signals.first;
  log.info({ signal }, 'stopping');
  await app.stop();
  log.flush();
  signals.close();
}

/** The log on stderr. Whoever reads it, or our stdout, may go away or stop reading: the cameras go on. */
function openLog(): pino.Logger {
  process.stdout.on('error', () => undefined);
  const stderr = pino.destination({ fd: 2, sync: false, maxLength: MAX_UNREAD_LOG });
  stderr.on('error', () => undefined);
  return pino({ level: 'info', base: null }, stderr);
}

function openSettingsOf(
  values: ParsedCommand['values'],
  operands: readonly string[],
  log: pino.Logger,
): Promise<Settings> {
  const { config, state } = values;
  return openSettings({
    file: typeof config === 'string' ? config : null,
    state: typeof state === 'string' ? state : null,
    sources: operands,
    overrides: readOverrides(values),
    insecure: values['insecure'] === true,
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    env: process.env,
    log,
  });
}

function readOverrides({ host, port, workers }: ParsedCommand['values']): ServerOverrides {
  return {
    host: typeof host === 'string' ? parseHost(host) : undefined,
    port: typeof port === 'string' ? parsePort(port) : undefined,
    workers: typeof workers === 'string' ? parseWorkers(workers) : undefined,
    token: process.env['SIGHTLINE_TOKEN'] || undefined,
  };
}

function parseHost(text: string): string {
  if (serverSchema.shape.host.safeParse(text).success) return text;
  throw new SightlineError('usage', `--host ${text} is not an address: an IP address or host name is allowed`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new SightlineError('usage', `--port ${text} is not a port: a number from 0 to 65535 is allowed`);
}

function parseWorkers(text: string): number {
  const workers = serverSchema.shape.workers.safeParse(/^\d{1,2}$/.test(text) ? Number(text) : null);
  if (workers.success) return workers.data;
  throw new SightlineError('usage', `--workers ${text} is no number of processes: 1 to 64 is allowed`);
}

/**
 * Says the address on stdout, with the local key behind `#`, which browsers send to nobody: the page trades it for a
 * cookie. A journal gets the address alone: more people read it than may change cameras.
 */
function announce({ url, localKey }: App, config: Config, json: boolean): void {
  const cameras = config.cameras.map((camera) => camera.id);
  const key = isJournal() ? null : localKey;
  if (json) {
    console.log(JSON.stringify({ url, key, cameras, pid: process.pid }));
    return;
  }
  const address = styleText('bold', key === null ? url : `${url}#key=${key}`, {
    validateStream: true,
    stream: process.stdout,
  });
  console.log(`Sightline shows ${cameras.join(', ')} at ${address}`);
}

/** True when our stdout is systemd's journal, which names the stream that it gave to a service. */
function isJournal(): boolean {
  const named = process.env['JOURNAL_STREAM'];
  if (named === undefined) return false;
  const { dev, ino } = fstatSync(1);
  return named === `${dev}:${ino}`;
}
