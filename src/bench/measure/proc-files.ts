// Reads the text of Linux's /proc: what one process has cost, and which TCP connections there are. Pure; process-tree.ts
// and camera-sessions.ts open the files.

/** What /proc/PID/stat tells. Times in seconds. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** It has ended, and its parent has not waited for it yet. */
  readonly ended: boolean;
  /** User and system time of the process, all its threads, also ended ones. */
  readonly ownSeconds: number;
  /** The same of its children that ended and were waited for, and of theirs. */
  readonly waitedSeconds: number;
  readonly threads: number;
  /** When it began, clock ticks since boot: tells it from a later process with the same pid. */
  readonly began: number;
}

/** Clock ticks in a second (sysconf(_SC_CLK_TCK)): 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * /proc/PID/stat (proc_pid_stat(5)); null for what is none. The name stands in parentheses and may hold any character,
 * so fields are counted from the last `)`: 0 state, 1 ppid, 11 utime, 12 stime, 13 cutime, 14 cstime, 17 num_threads,
 * 19 starttime.
 */
export function parseStat(text: string): ProcessStat | null {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (Number.isNaN(pid) || fields.length < 20) return null;
  const at = (index: number): number => Number(fields[index]);
  return {
    pid,
    parent: at(1),
    ended: fields[0] === 'Z' || fields[0] === 'X',
    ownSeconds: (at(11) + at(12)) / TICKS,
    waitedSeconds: (at(13) + at(14)) / TICKS,
    threads: at(17),
    began: at(19),
  };
}

/** Proportional set size of /proc/PID/smaps_rollup, bytes; null where it has none (a process that has ended). */
export function parsePss(text: string): number | null {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

export interface Connection {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly port: number;
  /** Of its socket, as `/proc/PID/fd` names it; 0: no process holds it any more. */
  readonly inode: number;
}

const ESTABLISHED = '01';

/** The far ends of the established connections of /proc/net/tcp or tcp6 (proc_pid_net(5)). */
export function parseConnections(text: string): Connection[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
      const [address = '', port = ''] = remote.split(':');
      if (state !== ESTABLISHED || inode === undefined) return [];
      const bytes = addressBytes(address);
      const isOld = bytes.length === 4;
      return [
        {
          family: isOld ? 'ipv4' : 'ipv6',
          address: isOld ? bytes.join('.') : bytes.toString('hex').replace(/.{4}(?!$)/g, '$&:'),
          port: Number.parseInt(port, 16),
          inode: Number(inode),
        },
      ];
    });
}

/** The kernel prints words of 32 bits as numbers of this machine: `0100007F` is 127.0.0.1 on a little-endian one. */
function addressBytes(hex: string): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  return LITTLE_ENDIAN ? bytes.swap32() : bytes;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
