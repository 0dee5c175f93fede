// Avahi's daemon on a host of a lab: the responder of most Linux cameras and machines, telling of one service. It has
// folders of its own, so that it meets neither the machine's own daemon nor another test's.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHost } from '../fixtures/lab.ts';

export interface AvahiService {
  readonly name: string;
  /** `_rtsp._tcp`. */
  readonly type: string;
  readonly port: number;
  readonly text: readonly string[];
}

const CONFIG = `[server]
host-name=camera
use-ipv6=no
enable-dbus=no
[publish]
publish-workstation=no
`;

/** Resolves once it has told of the service. Dispose it before its host. */
export async function startAvahi(host: LabHost, service: AvahiService): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-avahi-'));
  await writeFile(join(folder, 'avahi-daemon.conf'), CONFIG);
  await writeFile(join(folder, 'camera.service'), serviceFile(service));
  const commands = [
    'mount -t tmpfs none /run',
    `mount --bind ${folder} /etc/avahi/services`,
    `exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --file ${join(folder, 'avahi-daemon.conf')} 2>&1`,
  ];
  const program = host.spawn('unshare', ['--mount', 'sh', '-c', commands.join(' && ')]);
  let said = '';
  const ready = new Promise<void>((resolve) => {
    program.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('successfully established')) resolve();
    });
  });
  await Promise.race([
    ready,
    once(program, 'exit').then(() => Promise.reject(new Error(`avahi-daemon ended: ${said}`))),
  ]);
  return {
    [Symbol.asyncDispose]: async () => {
      program.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function serviceFile({ name, type, port, text }: AvahiService): string {
  const records = text.map((each) => `<txt-record>${each}</txt-record>`).join('');
  const service = `<service><type>${type}</type><port>${port}</port>${records}</service>`;
  return `<?xml version="1.0"?><service-group><name>${name}</name>${service}</service-group>`;
}
