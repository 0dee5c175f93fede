// Counts the sessions that a server has open with the camera: established connections of its processes to the camera's
// address. RTSP keeps one for each session whatever carries the pictures; HTTP has one for each capture.

import { lookup } from 'node:dns/promises';
import { readdirSync, readlinkSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { parseConnections } from './proc-files.ts';
import { readText } from './process-tree.ts';

export class CameraSessions {
  readonly #addresses: BlockList;
  readonly #port: number;

  private constructor(addresses: BlockList, port: number) {
    this.#addresses = addresses;
    this.#port = port;
  }

  /** Looks the camera's name up once. Rejects as `dns.lookup` does. */
  static async of({ host, port }: { readonly host: string; readonly port: number }): Promise<CameraSessions> {
    const addresses = new BlockList();
    for (const { address } of await lookup(host.replace(/^\[(.*)\]$/, '$1'), { all: true })) {
      addresses.addAddress(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4');
    }
    return new CameraSessions(addresses, port);
  }

  /** How many these processes have open; null when one keeps its connections from us. */
  count(pids: readonly number[]): number | null {
    const inodes = new Set(this.#inodes(pids));
    if (inodes.size === 0) return 0;
    const held = new Set<number>();
    for (const pid of pids) {
      const sockets = socketsOf(pid);
      if (sockets === null) return null;
      for (const inode of sockets) if (inodes.has(inode)) held.add(inode);
    }
    return held.size;
  }

  /** Sockets to the camera of anybody in the networks of these processes, which need not be ours. */
  #inodes(pids: readonly number[]): number[] {
    const networks = new Map(pids.map((pid) => [linkOf(`/proc/${pid}/ns/net`), pid]));
    return [...networks.values()]
      .flatMap((pid) => ['tcp', 'tcp6'].map((table) => readText(`/proc/${pid}/net/${table}`) ?? ''))
      .flatMap(parseConnections)
      .filter(({ address, family, port }) => port === this.#port && this.#addresses.check(address, family))
      .map(({ inode }) => inode);
  }
}

/** Inodes of the sockets that a process holds; null: it is not ours to ask. One that has ended holds none. */
function socketsOf(pid: number): number[] | null {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => socketInode(`${folder}/${fd}`));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? null : [];
  }
}

function socketInode(link: string): number[] {
  const inode = /^socket:\[(\d+)\]$/.exec(linkOf(link) ?? '')?.[1];
  return inode === undefined ? [] : [Number(inode)];
}

/** Null: it is gone, or not ours to read. */
function linkOf(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}
