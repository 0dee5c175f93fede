// nginx from Debian as a reverse proxy, configured with the very lines that docs/operations.md tells people to write.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../fixtures/free-port.ts';
import { ROOT } from '../fixtures/server.ts';

export class Nginx implements AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts it in front of `upstream` (`http://127.0.0.1:8080`). */
  static async start(upstream: string): Promise<Nginx> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-nginx-'));
    const port = await freePort();
    const [location = '', map = ''] = await documented();
    const config = `
daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
events { }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${map}
  server { listen 127.0.0.1:${port};
  ${location.replace('http://127.0.0.1:8080', upstream)} }
}`;
    await writeFile(path.join(folder, 'nginx.conf'), config);
    const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const died = once(child, 'exit').then(() => Promise.reject(new Error(`nginx ended: ${said.join('')}`)));
    died.catch(() => undefined);
    await Promise.race([listens(port), died]);
    return new Nginx(`http://127.0.0.1:${port}`, child, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The nginx blocks of docs/operations.md, in order. */
async function documented(): Promise<string[]> {
  const page = await readFile(path.join(ROOT, 'docs', 'operations.md'), 'utf8');
  return [...page.matchAll(/```nginx\n([^]*?)```/g)].map((match) => match[1] ?? '');
}

/** Resolves when somebody accepts connections there. */
async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = net.connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
