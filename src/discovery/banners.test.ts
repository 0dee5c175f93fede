import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { judge, readBanner } from './banners.ts';
import { deviceText } from './device-text.ts';

function http(...lines: readonly string[]): string {
  return `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n<html>`;
}

describe('what a port answers', () => {
  it('shows a camera by its RTSP', () => {
    const answer =
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Rtsp Server/3.0\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n';
    assert.deepEqual(judge(readBanner(answer)), { kind: 'rtsp', maker: null, needsPassword: false });
    const shut =
      'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="Login to 4M0B2C3D4E5F", nonce="1"\r\n\r\n';
    assert.equal(judge(readBanner(shut))?.needsPassword, true);
    const hipcam = 'RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Hipcam RealServer/V1.0\r\n\r\n';
    assert.equal(judge(readBanner(hipcam))?.maker, 'Hi3510');
  });

  it('shows cameras by the server of their pages', () => {
    const makers: Readonly<Record<string, string | null>> = {
      'Server: App-webs/': 'Hikvision',
      'Server: uc-httpd 1.0.0': 'Xiongmai',
      'Server: Netwave IP Camera': 'Foscam',
      'WWW-Authenticate: Digest realm="AXIS_ACCC8E000001", nonce="1"': 'Axis',
      'Server: MJPG-Streamer/0.2': null,
      'Server: IP Webcam Server 0.4': null,
      'Server: Motion/4.5.1': null,
      'Location: http://192.168.1.20/doc/page/login.asp': null,
    };
    for (const [line, maker] of Object.entries(makers)) {
      const verdict = judge(readBanner(http('Date: now', line)));
      assert.equal(verdict?.kind, 'http', line);
      assert.equal(verdict.maker, maker, line);
    }
  });

  it('shows printers and loudspeakers as nothing that pictures come from', () => {
    for (const server of [
      'HP HTTP Server; HP OfficeJet',
      'EPSON_Linux UPnP/1.0',
      'debut/1.20',
      'CUPS/2.4 IPP/2.1',
      'Virata-EmWeb/R6_2_1',
    ]) {
      assert.equal(judge(readBanner(http(`Server: ${server}`))), null, server);
    }
    const airplay = 'RTSP/1.0 200 OK\r\nServer: AirTunes/366.0\r\nPublic: ANNOUNCE, SETUP, RECORD, OPTIONS\r\n\r\n';
    assert.equal(judge(readBanner(airplay)), null);
    assert.equal(judge(readBanner(airplay.replace(/Server.*\r\n/, ''))), null);
    assert.equal(judge(readBanner('220 ftp ready\r\n')), null);
    assert.equal(judge(readBanner('')), null);
  });

  it('shows any other web server as just that', () => {
    assert.deepEqual(judge(readBanner(http('Server: nginx'))), { kind: 'web', maker: null, needsPassword: false });
  });

  it('is read without harm, whatever it is', () => {
    const pieces = fc.constantFrom(
      'RTSP/1.0 200 OK',
      'HTTP/1.1 401 No',
      'Server:',
      'realm="',
      'Public: DESCRIBE',
      '\r\n',
      '\n\n',
      ':',
      '"',
    );
    const bytes = fc.uint8Array({ maxLength: 600 }).map((each) => Buffer.from(each).toString('latin1'));
    const anything = fc.oneof(
      bytes,
      fc.array(fc.oneof(pieces, bytes), { maxLength: 20 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(anything, (answer) => {
        const banner = readBanner(answer);
        judge(banner);
        for (const text of [banner.server, banner.realm, banner.location]) assert.equal(deviceText(text) ?? '', text);
      }),
    );
    const long = `HTTP/1.1 200 OK\r\nServer: ${'x'.repeat(100_000)}\r\n`;
    assert.equal(readBanner(long).server.length, 200);
  });
});
