import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import { controlUrl, parseRtspUrl, sameServer } from './address.ts';
import { parameterSets, parseSdp } from './sdp.ts';

const CAMERA = `v=0\r
o=- 1 1 IN IP4 192.168.1.20\r
s=Media Presentation\r
a=control:*\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=4D0029; packetization-mode=1; sprop-parameter-sets=Z00AKZ2oHgCJ+WbgICAgQA==,aO48gA==\r
a=framerate:25.0\r
a=control:trackID=1\r
m=audio 0 RTP/AVP 8\r
a=control:trackID=2\r
`;

describe('a session description', () => {
  it('gives media, payload types, parameters and control addresses', () => {
    const { control, media } = parseSdp(CAMERA);
    assert.equal(control, '*');
    const [video, audio] = media;
    assert.deepEqual([video?.kind, video?.control, video?.fps], ['video', 'trackID=1', 25]);
    const payload = video!.payloads[0]!;
    assert.deepEqual([payload.type, payload.encoding, payload.clockRate], [96, 'H264', 90000]);
    assert.equal(payload.parameters.get('packetization-mode'), '1');
    assert.deepEqual(
      parameterSets(payload).map((set) => set[0]! & 31),
      [7, 8],
    );
    assert.deepEqual([audio?.payloads[0]?.encoding, audio?.payloads[0]?.clockRate], ['PCMA', 8000]);
  });

  it('is read with LF only, odd spaces and lines that make no sense', () => {
    const { media } = parseSdp(' m = video 0 rtp/avp 26\nnonsense\na = x-dimensions:2592,1944\na=rtpmap:x\nm=\n');
    assert.deepEqual(
      media.map((one) => [one.payloads[0]?.encoding, one.width, one.height]),
      [['JPEG', 2592, 1944]],
    );
  });

  it('of any text throws nothing and stays bounded', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('m=video 0 RTP/AVP 96', 'a=fmtp:96 ', 'a=rtpmap:96 H264/0'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
        const { media } = parseSdp(lines.join('\n'));
        assert.ok(media.length <= 32);
        for (const one of media) for (const payload of one.payloads) assert.ok(payload.clockRate > 0);
      }),
    );
  });
});

describe('an RTSP address', () => {
  it('has default ports, IPv6 hosts and no credentials in what is sent', () => {
    const { host, port, tls } = parseRtspUrl('rtsps://[::1]/a');
    assert.deepEqual([host, port, tls], ['::1', 322, true]);
    assert.equal(parseRtspUrl('rtsp://u:p@h/a?b=1#c').url, 'rtsp://h/a?b=1');
    assert.equal(parseRtspUrl('rtsp://h').url, 'rtsp://h/');
    assert.equal(parseRtspUrl('rtsp://h').port, 554);
    assert.throws(() => parseRtspUrl('http://h/'), SightlineError);
  });

  it('is the same server only with the same scheme, host and port', () => {
    const at = parseRtspUrl('rtsp://h:554/a');
    assert.ok(sameServer(at, parseRtspUrl('rtsp://H/b')));
    for (const other of ['rtsp://h:555/a', 'rtsps://h:554/a', 'rtsp://g/a']) {
      assert.ok(!sameServer(at, parseRtspUrl(other)));
    }
  });

  it('joins control attributes as cameras mean them', () => {
    assert.equal(controlUrl('rtsp://h/a', 'trackID=1'), 'rtsp://h/a/trackID=1');
    assert.equal(controlUrl('rtsp://h/a/', 'trackID=1'), 'rtsp://h/a/trackID=1');
    assert.equal(controlUrl('rtsp://h/a?x=1', 'trackID=1'), 'rtsp://h/a?x=1/trackID=1');
    assert.equal(controlUrl('rtsp://h/a', 'rtsp://other/b'), 'rtsp://other/b');
    assert.equal(controlUrl('rtsp://h/a', '*'), 'rtsp://h/a');
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) =>
        /^[\x21-\x7e]*$/.test(controlUrl('rtsp://h/a', Buffer.from(bytes).toString())),
      ),
    );
  });
});
