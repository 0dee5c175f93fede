import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FoundCamera, LocalNetwork } from '../../src/discovery/types.ts';
import { PacketMeter, untilQuiet } from '../fixtures/packet-meter.ts';
import { Lab, LAB_REFUSAL } from '../fixtures/lab.ts';
import type { LabHost } from '../fixtures/lab.ts';
import { startLabDevice } from '../peers/lab-device.ts';
import type { LabDevice } from '../peers/lab-device.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';
import type { RtspCamera } from '../peers/rtsp-camera.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = path.join(ROOT, 'bin', 'sightline.js');
const LOGIN = { user: 'admin', password: 'correct horse' };

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

interface Report {
  readonly networks: readonly LocalNetwork[];
  readonly cameras: readonly FoundCamera[];
  readonly complete: boolean;
  readonly tookMs: number;
}

interface Discovering {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
}

/** `sightline discover` on a host of the lab. */
function start(host: LabHost, args: readonly string[], input = ''): Discovering {
  const [program = '', ...enter] = host.enter;
  const child = spawn(program, [...enter, process.execPath, BIN, 'discover', ...args], { stdio: 'pipe' });
  const beganMs = performance.now();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdin.end(input);
  const ended = once(child, 'close').then(() => {
    return { code: child.exitCode, stdout, stderr, tookMs: performance.now() - beganMs };
  });
  return { child, ended };
}

async function discover(host: LabHost, args: readonly string[], input = ''): Promise<Report> {
  const run = await start(host, ['--json', ...args], input).ended;
  assert.equal(run.code, 0, run.stderr);
  return JSON.parse(run.stdout) as Report;
}

function at(report: Report, address: string): FoundCamera {
  return report.cameras.find((camera) => camera.address === address) ?? assert.fail(`${address} was not found`);
}

describe('sightline discover', { skip: LAB_REFUSAL ?? false }, () => {
  let lab: Lab;
  let finder: LabHost;
  let office: LabHost;
  let gstreamer: RtspCamera;
  let phone: RtspCamera;
  let locked: LabDevice;
  let basic: LabDevice;

  const host = (last: number, mac: string): Promise<LabHost> => lab.host({ address: `192.168.50.${last}`, mac });

  before(async () => {
    lab = await Lab.open();
    finder = await host(2, '02:00:00:00:00:02');
    gstreamer = await startRtspCamera({
      ...{ place: await host(20, 'c0:56:e3:00:00:20'), port: 554, ...LOGIN },
      mounts: { '/Streaming/Channels/101': '640x480', '/Streaming/Channels/102': '320x240' },
    });
    phone = await startRtspCamera({
      place: await host(21, '02:11:22:33:44:21'),
      port: 8554,
      mounts: { '/live': '320x240' },
    });
    const streams = {
      '/cam/realmonitor?channel=1&subtype=0': '1920x1080',
      '/cam/realmonitor?channel=1&subtype=1': '640x360',
    };
    locked = await startLabDevice(await host(22, '3c:ef:8c:00:00:22'), [
      { port: 554, kind: 'rtsp', camera: { streams, login: { user: 'admin', password: 'another' } } },
    ]);
    basic = await startLabDevice(await host(23, '3c:ef:8c:00:00:23'), [
      { port: 554, kind: 'rtsp', camera: { streams, login: LOGIN, scheme: 'basic' } },
    ]);
    office = await host(40, '00:11:22:00:00:40');
    await startLabDevice(office, [
      { port: 80, kind: 'says', text: 'HTTP/1.1 200 OK\r\nServer: HP HTTP Server; HP OfficeJet Pro\r\n\r\n' },
      { port: 554, kind: 'says', text: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
    ]);
    await host(60, '00:11:22:00:00:60');
  });

  after(async () => {
    await gstreamer.close();
    await phone.close();
    await lab[Symbol.asyncDispose]();
  });

  it('lists cameras with MAC, maker and the streams that the given password opens, and nothing else of the LAN', async () => {
    const report = await discover(finder, ['--user', LOGIN.user, '--password-stdin'], `${LOGIN.password}\n`);
    assert.ok(report.complete);
    assert.deepEqual(
      report.cameras.map(({ address }) => address),
      ['192.168.50.20', '192.168.50.21', '192.168.50.22', '192.168.50.23'],
    );
    const camera = at(report, '192.168.50.20');
    assert.equal(camera.mac, 'c0:56:e3:00:00:20');
    assert.equal(camera.maker, 'Hikvision');
    assert.equal(camera.needsPassword, false);
    assert.deepEqual(
      camera.streams.map(({ source, label, codec, width, height, confirmed }) => ({
        source,
        label,
        codec,
        width,
        height,
        confirmed,
      })),
      [
        {
          ...{ source: 'rtsp://192.168.50.20/Streaming/Channels/101', label: 'main', codec: 'h264' },
          ...{ width: 640, height: 480, confirmed: true },
        },
        {
          ...{ source: 'rtsp://192.168.50.20/Streaming/Channels/102', label: 'sub', codec: 'h264' },
          ...{ width: 320, height: 240, confirmed: true },
        },
      ],
    );
    const app = at(report, '192.168.50.21');
    assert.equal(app.maker, null);
    assert.equal(app.streams[0]?.source, 'rtsp://192.168.50.21:8554/live');
    assert.equal(app.streams[0].confirmed, true);
    assert.ok(!JSON.stringify(report).includes('correct'));
  });

  it('gives a password that was refused once to no further address of that camera, and never in clear', async () => {
    const before = locked.asked.length;
    const report = await discover(finder, ['--user', LOGIN.user, '--password-stdin'], `${LOGIN.password}\n`);
    const camera = at(report, '192.168.50.22');
    assert.equal(camera.maker, 'Dahua');
    assert.equal(camera.needsPassword, true);
    assert.ok(camera.streams.every(({ confirmed }) => !confirmed));
    const asked = locked.asked.slice(before).filter((text) => text.includes('Authorization:'));
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /Authorization: Digest /);
    assert.equal(at(report, '192.168.50.23').needsPassword, true);
    assert.ok(basic.asked.every((text) => !text.includes('Authorization:')));
  });

  it('tries no password when none was given, and says which cameras need one', async () => {
    const before = locked.asked.length;
    const report = await discover(finder, []);
    const camera = at(report, '192.168.50.22');
    assert.equal(camera.needsPassword, true);
    assert.deepEqual(
      camera.streams.map(({ label, confirmed }) => [label, confirmed]),
      [
        ['main', false],
        ['sub', false],
      ],
    );
    assert.ok(locked.asked.length > before);
    assert.ok(locked.asked.slice(before).every((text) => !text.includes('Authorization:')));
    assert.equal(at(report, '192.168.50.21').needsPassword, false);
  });

  it('sends fewer than 200 packets in any second, ARP and all, and is done within 10 s', async () => {
    await untilQuiet(() => finder.sentPackets());
    const meter = new PacketMeter(() => finder.sentPackets());
    const report = await discover(finder, ['--user', LOGIN.user, '--password-stdin'], `${LOGIN.password}\n`);
    const most = meter.stop();
    assert.ok(most > 100 && most < 200, `${most} packets in a second`);
    assert.ok(report.tookMs < 10_000, `${report.tookMs} ms`);
  });

  it('ends at once on Ctrl-C, with what was found', async () => {
    const { child, ended } = start(finder, ['--json']);
    const before = locked.asked.length;
    while (locked.asked.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    const beganMs = performance.now();
    child.kill('SIGINT');
    const run = await ended;
    assert.ok(performance.now() - beganMs < 1000);
    assert.equal(run.code, 0);
    const report = JSON.parse(run.stdout) as Report;
    assert.equal(report.complete, false);
    assert.ok(report.cameras.some(({ address }) => address === '192.168.50.22'));
  });

  it('is not held up by devices that answer garbage, without end, drop by drop, or never', async () => {
    const odd: LabHost[] = [];
    for (const [index, kind] of (['floods', 'drips', 'is mute'] as const).entries()) {
      const device = await host(50 + index, `00:11:22:00:00:5${index}`);
      await startLabDevice(
        device,
        [554, 80, 8080, 443].map((port) => ({ port, kind })),
      );
      odd.push(device);
    }
    const report = await discover(finder, []);
    assert.deepEqual(
      report.cameras.map(({ address }) => address),
      ['192.168.50.20', '192.168.50.21', '192.168.50.22', '192.168.50.23'],
    );
    assert.ok(report.tookMs < 15_000, `${report.tookMs} ms`);
    for (const device of odd) await device.remove();
  });

  it('leaves nothing open behind it', async () => {
    const script = path.join(ROOT, 'test/peers/run-discovery.ts');
    const said = await finder.run(process.execPath, [script, LOGIN.user, LOGIN.password]);
    const end = JSON.parse(said.trim().split('\n').at(-1) ?? '') as { cameras: number; left: string[] };
    assert.equal(end.cameras, 4);
    assert.deepEqual(end.left, []);
  });

  it('lists a camera that only has single pictures, with the one that its maker documents', async () => {
    const camera = await host(72, '00:40:8c:00:00:72');
    const device = await startLabDevice(camera, [
      {
        ...{ port: 80, kind: 'pictures' },
        camera: { server: 'Apache', pictures: { '/axis-cgi/jpg/image.cgi': '1280x720' }, login: LOGIN },
      },
    ]);
    const args = ['--subnet', '192.168.50.72/32', '--user', LOGIN.user, '--password-stdin'];
    const report = await discover(finder, args, LOGIN.password);
    const found = at(report, '192.168.50.72');
    assert.equal(found.maker, 'Axis');
    assert.deepEqual(
      found.streams.map(({ source, codec, width, height, confirmed }) => [source, codec, width, height, confirmed]),
      [['http://192.168.50.72/axis-cgi/jpg/image.cgi', 'mjpeg', 1280, 720, true]],
    );
    const wrong = await discover(finder, args, 'wrong');
    assert.equal(at(wrong, '192.168.50.72').needsPassword, true);
    assert.equal(device.asked.filter((text) => /Digest/.test(text)).length, 2);
    await camera.remove();
  });

  it('finds cameras behind a router when their subnet is named', async () => {
    const router = await host(254, '00:11:22:00:00:fe');
    await router.run('ip', ['addr', 'add', '10.50.0.254/24', 'dev', 'eth0']);
    await router.run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
    await router.run('sh', ['-c', 'echo 0 > /proc/sys/net/ipv4/conf/eth0/send_redirects']);
    const camera = await lab.host({ address: '10.50.0.20', mac: 'ec:71:db:00:00:20' });
    await startLabDevice(camera, [{ port: 554, kind: 'rtsp', camera: { streams: { '/stream1': '1920x1080' } } }]);
    const report = await discover(finder, ['--subnet', '10.50.0.16/29']);
    assert.equal(report.networks[0]?.attached, false);
    assert.deepEqual(
      report.cameras.map(({ id, streams }) => [id, streams[0]?.source, streams[0]?.confirmed]),
      [['address:10.50.0.20', 'rtsp://10.50.0.20/stream1', true]],
    );
    await camera.remove();
    await router.remove();
  });

  it('lists one camera of two addresses once', async () => {
    const camera = await host(70, 'ec:71:db:00:00:70');
    await camera.run('ip', ['addr', 'add', '192.168.50.71/24', 'dev', 'eth0']);
    await startLabDevice(camera, [
      { port: 554, kind: 'rtsp', camera: { streams: { '/h264Preview_01_main': '2560x1440' } } },
    ]);
    const report = await discover(finder, ['--subnet', '192.168.50.64/28']);
    assert.equal(report.cameras.length, 1);
    const [only] = report.cameras;
    assert.equal(only?.id, 'mac:ec:71:db:00:00:70');
    assert.deepEqual([only.address, ...only.otherAddresses], ['192.168.50.70', '192.168.50.71']);
    await camera.remove();
  });

  it('looks at one camera alone, when its address is given', async () => {
    const before = locked.asked.length;
    const report = await discover(
      finder,
      ['--subnet', '192.168.50.20/32', '--user', 'admin', '--password-stdin'],
      LOGIN.password,
    );
    assert.deepEqual(
      report.cameras.map(({ address }) => address),
      ['192.168.50.20'],
    );
    assert.equal(locked.asked.length, before);
    assert.ok(report.tookMs < 5000);
  });

  it('says in words what was found, and what to type to see it', async () => {
    const run = await start(finder, ['--subnet', '192.168.50.20/30']).ended;
    assert.equal(run.code, 0);
    assert.match(
      run.stdout,
      /192\.168\.50\.21 .*\n.*MAC +02:11:22:33:44:21\n.*found by +ARP, its streams, open ports\n/,
    );
    assert.match(run.stdout, /rtsp:\/\/192\.168\.50\.21:8554\/live {2}\(main: h264, 320x240, 15 a second\)/);
    assert.match(run.stdout, /use +sightline serve rtsp:\/\/192\.168\.50\.21:8554\/live\n/);
    assert.match(run.stdout, /needs a password: sightline discover --subnet 192\.168\.50\.22\/32 --user NAME/);
    assert.match(run.stderr, /Looking through 192\.168\.50\.20\/30 \(eth0\)/);
  });

  it('says what to check when nothing was found, which is no failure', async () => {
    const run = await start(finder, ['--subnet', '192.168.50.60/30']).ended;
    assert.equal(run.code, 0);
    assert.match(run.stdout, /No camera was found\. To check:/);
  });

  it('refuses what it must not or cannot look through, as wrong usage', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['--subnet', '8.8.8.0/24'], /not a private subnet/],
      [['--interface', 'eth7'], /no interface eth7/],
      [['--user', 'admin'], /no terminal to ask for the password/],
      [['--password-stdin'], /goes with --user/],
      [['192.168.50.20'], /takes no operand/],
    ];
    for (const [args, says] of wrong) {
      const run = await start(finder, args).ended;
      assert.equal(run.code, 2, args.join(' '));
      assert.match(run.stderr, says);
    }
  });
});
