// What the steps behind the door say of what was seen: login, tracks, keyframes, timestamps, clock, loss and pictures.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_CODES, SightlineError } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';
import { parseChallenges } from '../rtsp/auth.ts';
import { parseSdp } from '../rtsp/sdp.ts';
import { judgeClock, ofDate, ofReport } from './clock-judge.ts';
import type { ToldClocks } from './clock-judge.ts';
import { duration, percent } from './figures.ts';
import { failed, hintOf, plain } from './finding.ts';
import { judgeLogin } from './login.ts';
import { judgePath } from './path.ts';
import { judgeDecoding, judgePicture } from './picture.ts';
import type { PictureFacts } from './picture.ts';
import { judgeKeyframes, judgeLoss, judgeStream, judgeTimestamps } from './stream-judge.ts';
import { isOfKeyframe } from './stream-watch.ts';
import type { PictureTime, StreamFacts } from './stream-watch.ts';
import { judgeTracks } from './tracks.ts';

const FPS = 25;
const TICKS = 90_000 / FPS;

/** Ten seconds of a good camera. */
function facts(change: (picture: PictureTime, index: number) => PictureTime | null = (p) => p): StreamFacts {
  const all = Array.from({ length: FPS * 10 + 1 }, (_, index) => {
    return change({ ticks: index * TICKS, atUs: 1e6 + index * (1e6 / FPS), key: index % (2 * FPS) === 0 }, index);
  });
  const pictures = all.filter((picture) => picture !== null);
  return {
    ...{ clockRate: 90_000, packets: 2000, bytes: 2.5e6, lost: 0, disordered: 0, malformed: 0 },
    ...{ jitterUs: 3000, longestPauseUs: 50_000, firstUs: 1e6, lastUs: 11e6, pictures, reports: [] },
  };
}

describe('login', () => {
  const digest = parseChallenges('Digest realm="IP Camera", nonce="x", algorithm=SHA-256, Basic realm="y"');
  const asked = { status: 401, challenges: digest, hasCredentials: true };

  it('tells a missing password from a wrong one', () => {
    assert.match(
      judgeLogin({ ...asked, hasCredentials: false, accepted: null }).saw,
      /asks for.*Digest SHA-256 and Basic/,
    );
    assert.match(judgeLogin({ ...asked, accepted: false }).saw, /not accept.*realm "IP Camera"/);
    assert.equal(judgeLogin({ ...asked, accepted: true }).state, 'passed');
  });

  it('that we do not know is named', () => {
    const challenges = parseChallenges('NTLM');
    assert.match(judgeLogin({ ...asked, challenges, accepted: false }).saw, /way that we do not know \(Ntlm\)/);
  });

  it('is not judged where the camera spoke of the path first', () => {
    const inClear = { ...asked, challenges: parseChallenges('Basic realm="r"'), digestOnly: true, accepted: false };
    const refusal = judgeLogin(inClear);
    assert.match(refusal.saw, /in clear/);
    assert.deepEqual([refusal.state, refusal.advice], ['failed', HINTS.digestBefore]);
    assert.equal(judgeLogin({ ...inClear, digestOnly: false, accepted: true }).state, 'passed');
    assert.equal(judgeLogin({ ...asked, status: 404, challenges: [], accepted: null }).state, 'skipped');
    assert.equal(judgeLogin({ ...asked, status: 200, challenges: [], accepted: null }).state, 'passed');
    assert.equal(judgeLogin({ ...asked, status: 403, challenges: [], accepted: null }).state, 'failed');
  });
});

describe('a path', () => {
  const none = { tried: 0, found: [] };

  it('shows no secret of its query', () => {
    const url = 'rtsp://h/cam?user=admin&password=hunter2&channel=1';
    const error = new SightlineError('camera-not-found', 'DESCRIBE answered 404');
    for (const finding of [judgePath(url, null, none), judgePath(url, error, none)]) {
      assert.doesNotMatch(finding.saw, /hunter2|admin/);
      assert.match(finding.saw, /channel=1/);
    }
  });

  it('that is wrong names those that work, else how many were tried', () => {
    const error = new SightlineError('camera-not-found', 'DESCRIBE answered 404');
    const found = [{ source: 'rtsp://h/Streaming/Channels/101', confirmed: true }];
    assert.match(judgePath('rtsp://h/x', error, { tried: 12, found }).advice, /Of 12 paths.*Channels\/101/);
    assert.match(judgePath('rtsp://h/x', error, { tried: 12, found: [] }).advice, /None of 12 paths/);
  });
});

describe('tracks', () => {
  const video = (rtpmap: string, fmtp = ''): ReturnType<typeof judgeTracks>['finding'] => {
    const format = fmtp === '' ? '' : `a=fmtp:96 ${fmtp}\r\n`;
    const audio = 'm=audio 0 RTP/AVP 8\r\n';
    return judgeTracks(parseSdp(`v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 ${rtpmap}\r\n${format}${audio}`)).finding;
  };

  it('of H.264 tell profile, level and browsers, and the audio', () => {
    const finding = video('H264/90000', 'profile-level-id=640028');
    assert.equal(finding.state, 'passed');
    assert.equal(finding.saw, 'Video: H.264 High 4, which Chrome, Edge, Firefox and Safari play. Audio: G.711 A-law.');
  });

  it('of ten bits are worth a look', () => {
    const finding = video('H264/90000', 'profile-level-id=6E0028');
    assert.equal(finding.state, 'warned');
    assert.match(finding.saw, /High 10.*only where the machine decodes it/);
  });

  it('of H.265, of nothing known and without video are no picture', () => {
    assert.match(video('H265/90000').saw, /only H\.265, which Safari plays, Chrome, Edge and Firefox only where/);
    assert.match(video('X-FANCY/90000').saw, /X-FANCY, of which it is not known/);
    assert.match(judgeTracks(parseSdp('v=0\r\nm=audio 0 RTP/AVP 8\r\n')).finding.saw, /no video/);
  });
});

describe('keyframes', () => {
  it('every two seconds are good', () => {
    const finding = judgeKeyframes(facts(), false);
    assert.deepEqual([finding.state, finding.saw], ['passed', 'A keyframe comes every 2.0 s.']);
  });

  it('that are far apart, come late, come once or never are named with their time', () => {
    const only = (...at: readonly number[]): ReturnType<typeof judgeKeyframes> =>
      judgeKeyframes(
        facts((picture, index) => ({ ...picture, key: at.includes(index / FPS) })),
        false,
      );
    assert.match(only(0, 8).saw, /up to 8\.0 s apart/);
    assert.match(only(9).saw, /first keyframe came after 9\.0 s/);
    assert.match(only(0).saw, /none came for 10\.0 s/);
    assert.equal(only().state, 'failed');
  });

  it('are found in every kind of packet of theirs', () => {
    const is = (...bytes: readonly number[]): boolean => isOfKeyframe(Buffer.from(bytes), 0, bytes.length);
    assert.ok(is(0x65, 0x88));
    assert.ok(is(0x7c, 0x05, 1) && is(0x7c, 0x85, 1), 'fragments, the first or not');
    assert.ok(is(0x78, 0, 2, 0x67, 1, 0, 2, 0x65, 1), 'in an aggregate');
    assert.ok(is(0x06, 6, 1, 0x80, 0x80), 'a recovery point');
    assert.ok(!is(0x61, 0x9a) && !is(0x7c, 0x81, 1) && !is(0x67, 1) && !is(0x78, 0, 9) && !is());
  });
});

describe('timestamps', () => {
  it('that run with time are good, also with a burst first, a pause, and pictures out of order', () => {
    assert.match(judgeTimestamps(facts()).saw, /rise by 40 ms/);
    const burst = facts((picture, index) => ({ ...picture, atUs: index < FPS ? 1e6 + index : picture.atUs }));
    assert.equal(judgeTimestamps(burst).state, 'passed');
    const held = facts((picture, index) => ({
      ...picture,
      atUs: index > 99 && index < 150 ? 7e6 + index : picture.atUs,
    }));
    assert.equal(judgeTimestamps(held).state, 'passed');
    const reordered = facts((picture, index) => ({
      ...picture,
      ticks: picture.ticks + (index % 3 === 1 ? 2 : 0) * TICKS,
    }));
    assert.equal(judgeTimestamps(reordered).state, 'passed');
  });

  it('that stand, jump ahead, jump back or run at another pace are named', () => {
    assert.match(judgeTimestamps(facts((picture) => ({ ...picture, ticks: 7 }))).saw, /same timestamp/);
    const ahead = (picture: PictureTime, index: number) => ({
      ...picture,
      ticks: picture.ticks + (index > 60 ? 9e5 : 0),
    });
    assert.match(judgeTimestamps(facts(ahead)).saw, /jumped once .*10\.0 s ahead/);
    const back = (picture: PictureTime, index: number) => ({
      ...picture,
      ticks: picture.ticks - (index > 60 ? 9e5 : 0),
    });
    assert.match(judgeTimestamps(facts(back)).saw, /jumped once .*10\.0 s back/);
    assert.match(judgeTimestamps(facts((p) => ({ ...p, ticks: p.ticks / 2 }))).saw, /0\.50 times as fast/);
  });

  it('of a few pictures tell nothing', () => {
    assert.equal(judgeTimestamps(facts((picture, index) => (index < 3 ? picture : null))).state, 'skipped');
  });
});

describe('the clock', () => {
  const NOW_US = 1.764e15;
  const ntp = (aheadS: number) => ofReport(NOW_US + aheadS * 1e6 + 2_208_988_800e6, NOW_US);
  const device = (aheadS: number, uncertaintyMs = 500) => ({ offsetMs: aheadS * 1000, uncertaintyMs });
  const date = (aheadS: number) => ofDate(new Date(NOW_US / 1000 + aheadS * 1000).toUTCString(), NOW_US);
  const judge = (told: Partial<ToldClocks>) => judgeClock({ rtcp: null, onvif: null, date: null, ...told });

  it('that agrees is good; an hour off is a time zone, a minute off is none', () => {
    assert.equal(judge({ rtcp: ntp(0.3) }).state, 'passed');
    assert.match(judge({ rtcp: ntp(3600.2) }).advice, /time zone/);
    assert.match(judge({ rtcp: ntp(-61) }).saw, /1 min 1 s behind/);
    assert.doesNotMatch(judge({ rtcp: ntp(-61) }).advice, /time zone/);
  });

  it('that counts from the start says nothing; what ONVIF tells counts then, and without it the Date of answers', () => {
    const sinceStart = ofReport(500e6, NOW_US);
    assert.equal(judge({ rtcp: sinceStart }).state, 'skipped');
    assert.match(judge({ rtcp: sinceStart, date: date(7200) }).saw, /2 h 0 min ahead.*Date/);
    assert.match(judge({ rtcp: sinceStart, onvif: device(3600), date: date(0) }).saw, /1 h 0 min ahead.*by ONVIF/);
    assert.equal(judge({ date: ofDate('yesterday', NOW_US) }).state, 'skipped');
  });

  it('told by ONVIF may differ by what its answer was uncertain', () => {
    assert.equal(judge({ onvif: device(2.4) }).state, 'passed');
    assert.equal(judge({ onvif: device(-2.6) }).state, 'warned');
    assert.equal(judge({ onvif: device(-2.6, 1200) }).state, 'passed');
    assert.match(judge({ onvif: device(-3600) }).advice, /time zone/);
  });

  it('is right where ONVIF says so, though its reports are of local time; else the reports count', () => {
    const local = judge({ rtcp: ntp(7200), onvif: device(0.4) });
    assert.deepEqual([local.state, local.advice], ['passed', '']);
    assert.match(local.saw, /agrees .*by ONVIF; its RTCP reports are 2 h 0 min ahead of it\.$/);
    assert.match(judge({ rtcp: ntp(7200), onvif: device(7200) }).saw, /2 h 0 min ahead .*RTCP/);
    assert.match(judge({ rtcp: ntp(0.1), onvif: device(3600) }).saw, /agrees .*RTCP/);
  });
});

describe('loss', () => {
  const good = { jitter: true, ended: null };

  it('is told in percent, with jitter and the longest pause', () => {
    assert.match(
      judgeLoss(facts(), good).saw,
      /^None of 2000 packets missing in 10\.0 s; jitter 3\.0 ms, longest pause 50 ms/,
    );
    const lossy = judgeLoss({ ...facts(), lost: 105 }, good);
    assert.deepEqual([lossy.state, lossy.saw.slice(0, 26)], ['warned', '5 % of 2105 packets were m']);
  });

  it('is not confused with jitter, pauses, bad timestamps or an end', () => {
    assert.equal(judgeLoss({ ...facts(), jitterUs: 400_000 }, good).state, 'warned');
    assert.equal(judgeLoss({ ...facts(), jitterUs: 400_000 }, { ...good, jitter: false }).state, 'passed');
    assert.equal(judgeLoss({ ...facts(), longestPauseUs: 4e6 }, good).state, 'warned');
    assert.match(
      judgeLoss(facts(), {
        ...good,
        ended: new SightlineError('camera-closed', 'the camera closed the connection').toProblem(),
      }).saw,
      /ended the session after 10/,
    );
  });

  it('stands beside what the stream is', () => {
    assert.match(judgeStream(facts(), 35_000).saw, /after 35 ms, 25 pictures and 2\.0 Mbit a second/);
  });
});

describe('pictures', () => {
  const shown: PictureFacts = {
    ...{ picture: { width: 640, height: 480, afterMs: 800 }, count: 90, problem: null },
    decoding: { decoded: 90, bad: 0, concealed: 0, problem: null },
  };
  const undecodable = new SightlineError('decode-failed', 'The h264 cannot be decoded.').toProblem();

  it('that were decoded are counted', () => {
    assert.match(judgePicture(shown).saw, /640x480 and came after 800 ms/);
    assert.match(judgeDecoding(shown, true).saw, /^90 pictures/);
  });

  it('that cannot be decoded are named by the decoding alone', () => {
    const none = { picture: null, count: 0, problem: undecodable, decoding: null };
    assert.deepEqual([judgePicture(none).state, judgeDecoding(none, true).state], ['skipped', 'failed']);
    const later = { ...shown, decoding: { decoded: 40, bad: 30, concealed: 0, problem: undecodable } };
    assert.equal(judgeDecoding(later, true).state, 'warned');
  });

  it('that came out in part are a damaged stream and no reason to change the codec, which refused ones are', () => {
    const decoding = { decoded: 60, bad: 1, concealed: 2, problem: null };
    const partly = judgeDecoding({ ...shown, decoding }, true);
    assert.match(partly.saw, /; 3 could not be, or only in part/);
    assert.match(partly.advice, /damaged in the camera or on the way/);
    const refused = judgeDecoding({ ...shown, decoding: { ...decoding, concealed: 0 } }, true);
    assert.match(refused.advice, /change its codec/);
  });

  it('that loss explains are not named twice', () => {
    const some = { ...shown, decoding: { decoded: 60, bad: 3, concealed: 0, problem: null } };
    assert.deepEqual([judgeDecoding(some, true).state, judgeDecoding(some, false).state], ['warned', 'skipped']);
  });

  it('that did not come say why', () => {
    const problem = new SightlineError('camera-busy', 'SETUP answered 453: no capacity').toProblem();
    const finding = judgePicture({ picture: null, count: 0, problem, decoding: null });
    assert.deepEqual([finding.state, finding.advice], ['failed', problem.hint]);
  });
});

it('advice of a problem is its own hint, or that of its code, and has a code in either case', () => {
  const seen = { code: 'picture-none', values: {} } as const;
  for (const hint of [...Object.values(HINTS), ERROR_CODES['camera-protocol'].hint]) {
    const problem = new SightlineError('camera-protocol', 'x', { hint }).toProblem();
    const { advice, advised } = failed(seen, hintOf(problem));
    assert.equal(advice, hint);
    assert.notEqual(advised, null, hint);
  }
  const unknown = failed(seen, { code: null, hint: 'Something else.' });
  assert.deepEqual([unknown.advice, unknown.advised], ['Something else.', null]);
});

it('figures are written for people', () => {
  const lengths = [0.4, 38, 1400, 125e3, 3600e3, 4 * 86_400e3].map(duration);
  assert.deepEqual(lengths, ['0.4 ms', '38 ms', '1.4 s', '2 min 5 s', '1 h 0 min', '4 days']);
  assert.deepEqual([percent(0.05), percent(0.00321)], ['5 %', '0.32 %']);
  assert.equal(plain('a\r\n\u001b[31mb\u0000c'), 'a [31mb c');
});
