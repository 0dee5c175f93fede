// What the steps at the door say of what was seen there: names, routes, neighbours, ports and who answers.

import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import type { Dialled, Heard } from './dial.ts';
import { judgePort, judgeReach, judgeServer } from './door.ts';
import type { Visit } from './door.ts';
import { judgeFailure } from './name.ts';
import { neighbourIn } from './neighbour.ts';
import { placeOf } from './place.ts';
import { judgeRoute } from './route.ts';
import { nameOf, speakerOf, tellsAll } from './speaker.ts';

const PLACE = placeOf({ kind: 'rtsp', target: 'rtsp://192.168.1.20/live', display: '', credentials: null })!;
const ETH0: NetworkInterfaceInfo = {
  ...{ address: '192.168.1.5', netmask: '255.255.255.0', mac: '02:00:00:00:00:01', internal: false },
  ...{ family: 'IPv4', cidr: '192.168.1.5/24' },
};

function visit(dialled: Dialled, more: Partial<Visit> = {}): Visit {
  const route = { kind: 'attached', network: '192.168.1.0/24' } as const;
  return { place: PLACE, route, neighbour: { kind: 'unknown' }, dialled, others: [], ...more };
}

function heard(text: string, more: Partial<Heard> = {}): Heard {
  return { bytes: Buffer.from(text), firstByteUs: 0, tlsFault: null, ended: 'enough', ...more };
}

const LATE = { outcome: 'unreachable', code: 'ETIMEDOUT', tookUs: 5_000_000 } as const;
const REFUSED = { outcome: 'refused', tookUs: 400 } as const;

describe('a name', () => {
  it('that does not exist, or cannot be looked up, is told apart', () => {
    const nobody = judgeFailure('cam.lan', Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    assert.match(nobody.saw, /Nothing is called cam\.lan/);
    assert.match(judgeFailure('cam.lan', Object.assign(new Error('x'), { code: 'EAI_AGAIN' })).saw, /no name server/);
    assert.match(judgeFailure('cam.local', new Error('x')).advice, /mDNS/);
  });

  it('that may not be dialled says where it is allowed', () => {
    const refusal = new SightlineError('source-forbidden', '127.0.0.1 is this machine');
    assert.match(judgeFailure('127.0.0.1', refusal).advice, /allowedSources/);
  });
});

describe('a route', () => {
  it('is this machine, a network that it is plugged into, or a router', () => {
    const own = '192.168.1.5';
    assert.equal(judgeRoute('fd00::9', '::', { eth0: [ETH0] }).route, null);
    assert.equal(judgeRoute('127.0.0.1', '127.0.0.1', {}).route?.kind, 'this-machine');
    assert.equal(judgeRoute(own, own, { eth0: [ETH0] }).route?.kind, 'this-machine');
    const attached = judgeRoute('192.168.1.20', own, { eth0: [ETH0] });
    assert.deepEqual(attached.route, { kind: 'attached', network: '192.168.1.0/24' });
    assert.match(attached.finding.saw, /over eth0 from 192\.168\.1\.5/);
    assert.equal(judgeRoute('192.168.2.20', own, { eth0: [ETH0] }).route?.kind, 'routed');
    assert.equal(judgeRoute('10.0.0.1', '172.16.0.9', {}).route?.network, '');
  });
});

describe('a neighbour', () => {
  const table = [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '192.168.1.20     0x1         0x2         aa:bb:cc:dd:ee:ff     *        eth0',
    '192.168.1.21     0x1         0x0         00:00:00:00:00:00     *        eth0',
  ].join('\n');

  it('is there, is not, or is not known', () => {
    assert.deepEqual(neighbourIn(table, '192.168.1.20'), { kind: 'present', mac: 'aa:bb:cc:dd:ee:ff' });
    assert.deepEqual(neighbourIn(table, '192.168.1.21'), { kind: 'absent' });
    assert.deepEqual(neighbourIn(table, '192.168.1.2'), { kind: 'unknown' });
    assert.deepEqual(neighbourIn('', '192.168.1.2'), { kind: 'unknown' });
  });

  it('decides whether nobody is there or a firewall is silent', () => {
    const nobody = judgeReach(visit(LATE, { neighbour: { kind: 'absent' } }));
    assert.equal(nobody.state, 'failed');
    assert.match(nobody.saw, /Nobody is at 192\.168\.1\.20/);
    const present = visit(LATE, { neighbour: { kind: 'present', mac: 'aa:bb:cc:dd:ee:ff' }, others: [8554] });
    assert.equal(judgeReach(present).state, 'passed');
    const port = judgePort(present, null, speakerOf(Buffer.alloc(0)));
    assert.match(port.saw, /firewall.*8554/);
    assert.match(port.advice, /192\.168\.1\.20:8554/);
  });

  it('behind a router is looked for in the addresses', () => {
    const routed = judgeReach(visit(LATE, { route: { kind: 'routed', network: '192.168.7.0/24' } }));
    assert.match(routed.advice, /192\.168\.7\.0\/24/);
  });

  it('to whose network no route leads is not said to be slow', () => {
    const told = { outcome: 'unreachable', code: 'ENETUNREACH', tookUs: 1900 } as const;
    const { state, saw, advice } = judgeReach(visit(told, { route: { kind: 'routed', network: '192.168.7.0/24' } }));
    assert.equal(state, 'failed');
    assert.equal(saw, 'No route leads to the network of 192.168.1.20 (ENETUNREACH).');
    assert.match(advice, /behind a router/);
  });
});

describe('a port', () => {
  const connected = visit({ outcome: 'connected', tookUs: 400 } as Dialled);

  it('that is closed says so, for the machine has answered', () => {
    assert.match(judgeReach(visit(REFUSED)).saw, /answers in 0\.4 ms: it refused/);
    assert.match(judgePort(visit(REFUSED), null, speakerOf(Buffer.alloc(0))).saw, /554 is closed/);
  });

  for (const [text, saw] of [
    [
      'HTTP/1.1 200 OK\r\nServer: HP HTTP Server\r\n\r\n<title>LaserJet</title>',
      /web server.*HP HTTP Server.*a printer/,
    ],
    ['SSH-2.0-OpenSSH_9.2\r\n', /an SSH server/],
    ['\u0001\u0002\u0003nothing that anybody knows', /neither RTSP nor HTTP/],
  ] as const) {
    it(`where ${JSON.stringify(text.slice(0, 12))} answers is not a camera's`, () => {
      const bytes = heard(text);
      const finding = judgePort(connected, bytes, speakerOf(bytes.bytes));
      assert.equal(finding.state, 'failed');
      assert.match(finding.saw, saw);
    });
  }

  it('that speaks no TLS, or shows a wrong certificate, says what to write', () => {
    const fault = (tlsFault: string): string =>
      judgePort(connected, heard('', { tlsFault }), speakerOf(Buffer.alloc(0))).advice;
    assert.match(fault('ERR_SSL_WRONG_VERSION_NUMBER'), /rtsp:\/\//);
    assert.match(fault('DEPTH_ZERO_SELF_SIGNED_CERT'), /--insecure/);
  });

  it('of a camera tells its server and methods', () => {
    const answer = Buffer.from(
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Hipcam\r\nPublic: OPTIONS, DESCRIBE, PLAY\r\n\r\n',
    );
    const finding = judgeServer(PLACE, speakerOf(answer));
    assert.equal(finding.saw, 'OPTIONS was answered with status 200, by Hipcam; it knows OPTIONS, DESCRIBE and PLAY.');
  });
});

describe('who speaks', () => {
  it('may say anything: no bytes throw, and nothing of them that is shown is more than a line', () => {
    const start = fc.constantFrom('', 'RTSP/1.0 200 OK\r\n', 'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="');
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 600 }), (head, tail) => {
        const bytes = Buffer.concat([Buffer.from(head), tail]);
        const speaker = speakerOf(bytes);
        assert.equal(typeof tellsAll(bytes), 'boolean');
        assert.doesNotMatch(nameOf(speaker), /\p{Cc}/u);
        assert.ok(nameOf(speaker).length < 200);
      }),
    );
  });

  it('tells all with the end of its head, and a page with its title', () => {
    assert.equal(tellsAll(Buffer.from('RTSP/1.0 200 OK\r\nCSeq')), false);
    assert.equal(tellsAll(Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n')), true);
    const page = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>';
    assert.equal(tellsAll(Buffer.from(page)), false);
    assert.equal(tellsAll(Buffer.from(`${page}<title>x</title>`)), true);
  });
});
