import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConnections, parsePss, parseStat } from './proc-files.ts';

const STAT =
  '4711 (a ) (b) S 42 4711 4711 0 -1 4194304 9000 120 3 0 150 50 30 20 20 0 11 0 123456 1000000 2500 18446744073709551615 1 1 0 0';
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 7001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0100007F:022A 01 00000000:00000000 00:00000000 00000000  1000        0 7002 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C351 0100007F:022A 08 00000000:00000000 00:00000000 00000000  1000        0 7003 1 0000000000000000 20 4 30 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:022A 01 00000000:00000000 00:00000000 00000000  1000        0 7004 1 0000000000000000 20 4 30 10 -1
   1: B80D0120000000000000000001000000:C353 B80D0120000000000000000002000000:022A 01 00000000:00000000 00:00000000 00000000  1000        0 7005 1 0000000000000000 20 4 30 10 -1
`;

describe('what /proc says of a server', () => {
  it('reads times, parent and threads of a process whose name holds parentheses', () => {
    assert.deepEqual(parseStat(STAT), {
      pid: 4711,
      parent: 42,
      ended: false,
      ownSeconds: 2,
      waitedSeconds: 0.5,
      threads: 11,
      began: 123456,
    });
    assert.equal(parseStat(''), null);
  });

  it('reads proportional memory in bytes', () => {
    assert.equal(
      parsePss('55a0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  2000 kB\nPss:   1500 kB\nPss_Anon: 7 kB\n'),
      1_536_000,
    );
    assert.equal(parsePss(''), null);
  });

  it('finds established connections only, of both families', () => {
    assert.deepEqual(parseConnections(TCP), [{ family: 'ipv4', address: '127.0.0.1', port: 554, inode: 7002 }]);
    assert.deepEqual(parseConnections(TCP6), [
      { family: 'ipv6', address: '0000:0000:0000:0000:0000:ffff:7f00:0001', port: 554, inode: 7004 },
      { family: 'ipv6', address: '2001:0db8:0000:0000:0000:0000:0000:0002', port: 554, inode: 7005 },
    ]);
  });
});
