import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Processes } from '../ground/processes.ts';
import { WITH_THREADS, articleProgram, articleSides } from './article.ts';
import { ffmpegArgs } from './ffmpeg.ts';
import { go2rtcConfig } from './go2rtc.ts';
import { motionConfig } from './motion.ts';
import type { PeerGround } from './peer.ts';

const SOURCE = 'rtsp://127.0.0.1:8554/cam0';
const ground: PeerGround = {
  camera: { source: SOURCE, width: 1280, height: 720, fps: 29.97 },
  root: '/project',
  out: '/project/bench/out',
  processes: new Processes(),
  equalQuality: 56,
};

it("motion is told the camera's size and rate, listens on loopback only, saves nothing and detects nothing", () => {
  const config = motionConfig(ground, 8081, '/tmp/motion').split('\n');
  for (const line of [
    ...[`netcam_url ${SOURCE}`, 'width 1280', 'height 720', 'framerate 30', 'stream_maxrate 30', 'stream_quality 56'],
    ...['stream_port 8081', 'stream_localhost on', 'webcontrol_port 0'],
    ...['pause on', 'picture_output off', 'movie_output off', 'snapshot_interval 0'],
  ]) {
    assert.ok(config.includes(line), line);
  }
  assert.ok(motionConfig({ ...ground, equalQuality: null }, 8081, '/tmp').includes('stream_quality 80\n'));
});

it("ffmpeg is told our encoder's quantiser and range, and TCP where the camera speaks RTSP", () => {
  const args = ffmpegArgs(ground).join(' ');
  assert.match(args, /^.*-rtsp_transport tcp .*-i rtsp:\S+ .*-pix_fmt yuvj420p -c:v mjpeg -q:v 5 .*-f mpjpeg pipe:1$/);
  const web = { camera: { ...ground.camera, source: 'http://127.0.0.1/cam' } };
  assert.equal(ffmpegArgs(web).includes('-rtsp_transport'), false);
});

it('go2rtc opens the camera by one ffmpeg and listens with its API only', () => {
  const config = JSON.parse(go2rtcConfig(SOURCE, 1984)) as Record<string, unknown>;
  assert.deepEqual(config.api, { listen: '127.0.0.1:1984' });
  assert.deepEqual(config.streams, { cam: [`ffmpeg:${SOURCE}#video=mjpeg#raw=-q:v 5 -pix_fmt yuvj420p`] });
  assert.deepEqual([config.rtsp, config.webrtc, config.srtp], Array(3).fill({ listen: '' }));
});

it("the article's service gets the camera, and a quality only where one is asked for", () => {
  const shape = { name: 'article', path: '/camera', quality: null, server: WITH_THREADS };
  const own = articleProgram(ground, shape, 8000);
  assert.equal(own.env?.ARTICLE_CAMERA, SOURCE);
  assert.equal('ARTICLE_JPEG_QUALITY' in (own.env ?? {}), false);
  assert.equal(own.url, 'http://127.0.0.1:8000/camera');
  assert.equal(articleProgram(ground, { ...shape, quality: 56 }, 8000).env?.ARTICLE_JPEG_QUALITY, '56');
});

it("the article's service is measured twice, once where no equal quality was found", () => {
  const names = (of: PeerGround) => articleSides(of).map(({ name }) => name);
  assert.deepEqual(names(ground), ['article', 'article-equal']);
  assert.deepEqual(names({ ...ground, equalQuality: null }), ['article']);
});
