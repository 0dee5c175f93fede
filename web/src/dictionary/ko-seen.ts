// What an examination saw, in Korean: a sentence for each code. Values stand where no particle depends on them. A problem
// is said by its code; its own text, which is English, stands behind.

import type { ErrorCode } from '../api.ts';
import type { OfferedCodec, SeenValues, SpeakerKind, Wording } from '../../../src/gateway/api/contract-examination.ts';
import { doctorKo } from './doctor-ko.ts';
import { bits, duration, listed, percent } from './ko-figures.ts';
import { koProblems } from './ko-problems.ts';

export const SPEAKERS: Readonly<Record<SpeakerKind, string>> = {
  printer: '프린터',
  router: '공유기',
  storage: '네트워크 저장 장치(NAS)',
  'camera-server': '카메라 서버',
  ssh: 'SSH 서버',
  'mail-or-ftp': '메일 또는 FTP 서버',
  mail: '메일 서버',
  screen: '원격 화면(VNC)',
  tls: 'TLS 서버',
};

const CLOCKS: Readonly<Record<SeenValues['clock-agrees']['source'], string>> = {
  rtcp: 'RTCP 보고',
  onvif: 'ONVIF',
  date: '응답의 Date',
};

const WAYS = { ahead: '빠릅니다', behind: '느립니다' } as const;
const SO_LONG = '새로 보는 사람은 그만큼 기다리고, 손실된 화면도 그만큼 남습니다.';

export const koSeen: Wording<SeenValues> = {
  problem: ({ problem }) => said(problem),
  'not-looked-at': ({ failed }) =>
    failed === null
      ? '앞 단계가 실패해 살펴보지 않았습니다.'
      : `앞 단계(${doctorKo.steps[failed]})가 실패해 살펴보지 않았습니다.`,
  stopped: () => '그 전에 진단을 멈췄습니다.',
  'is-device': () => '이 컴퓨터의 장치입니다. 살펴볼 네트워크가 없습니다.',
  'is-file': () => '파일입니다. 살펴볼 네트워크가 없습니다.',
  'is-test-card': () => '테스트 화면입니다. 살펴볼 네트워크가 없습니다.',
  'is-pushed': () => '화면을 보내오는 카메라입니다. 연결할 주소가 없습니다.',
  'is-ffmpeg': () => 'FFmpeg이 여는 소스입니다. 위치는 살펴보지 않습니다.',
  'ffmpeg-opens': () => 'FFmpeg이 여는 소스입니다. FFmpeg의 내부는 살펴보지 않습니다.',

  'name-found': ({ host, addresses }) => `${host}의 주소: ${listed(addresses)}`,
  'name-is-address': ({ host }) => `${host}: IP 주소이므로 찾을 이름이 없습니다.`,
  'name-server-silent': ({ host }) => `${host}: 이름 서버(DNS)가 응답하지 않아 주소를 찾지 못했습니다.`,
  'name-unknown': ({ host }) => `${host}: 그런 이름이 없습니다.`,
  'route-here': ({ address }) => `${address}: 바로 이 컴퓨터입니다.`,
  'route-attached': ({ address, network, by, own }) =>
    `${address}: 이 컴퓨터가 연결된 네트워크 ${network} 안에 있습니다(인터페이스 ${by}, 이 컴퓨터의 주소 ${own}).`,
  'route-routed': ({ address, by, own }) =>
    `${address}: 공유기(라우터)를 거쳐 연결합니다(${by === null ? '' : `인터페이스 ${by}, `}이 컴퓨터의 주소 ${own}).`,
  'route-none': ({ address, error }) => `이 컴퓨터에서 ${address} 주소로 가는 길이 없습니다(${error}).`,
  'host-answers': ({ host, tookMs, mac }) => `${host}: ${duration(tookMs)} 만에 응답했습니다${withMac(mac)}.`,
  'host-refuses': ({ host, tookMs, mac }) =>
    `${host}: ${duration(tookMs)} 만에 응답했지만 연결을 거부했습니다${withMac(mac)}.`,
  'host-without-tcp': ({ host, mac }) => `${host}: MAC 주소 ${mac} 기기의 주소이지만 TCP에 응답하지 않습니다.`,
  'host-absent': ({ host, network, error }) =>
    `${host}: 이 주소에 아무도 없습니다. 네트워크 ${network}에서 응답하는 기기가 없습니다(${error}).`,
  'host-no-route': ({ host, error }) => `${host} 주소의 네트워크로 가는 길이 없습니다(${error}).`,
  'host-silent': ({ host, waitedMs, error }) => `${host}: ${duration(waitedMs)} 동안 응답이 없었습니다(${error}).`,

  'port-open': ({ port, name, kind, speaks, tls }) => {
    const language = `${speaks === 'rtsp' ? 'RTSP 서버' : '웹 서버'}${tls ? ', TLS 사용' : ''}`;
    return `포트 ${port}번이 열려 있습니다: ${called(name, kind) || language}`;
  },
  'port-open-quiet': ({ port }) => `포트 ${port}번이 열려 있지만, 먼저 말을 걸어오지는 않습니다.`,
  'port-open-closes': ({ port }) => `포트 ${port}번이 열려 있지만, 아무 말 없이 연결을 끊습니다.`,
  'port-closed': ({ port, open }) =>
    `포트 ${port}번이 닫혀 있습니다. 그 포트를 쓰는 프로그램이 없습니다.${others(open)}`,
  'port-filtered': ({ port, open }) =>
    open.length > 0
      ? `기기는 있지만 포트 ${port}번이 응답하지 않습니다. 방화벽이 막고 있습니다.${others(open)}`
      : `포트 ${port}번이 응답하지 않습니다. 방화벽이 막고 있거나, 카메라가 방금 꺼졌을 수 있습니다.`,
  'port-certificate': ({ port, error }) => `포트 ${port}번이 열려 있지만 카메라의 인증서를 믿을 수 없습니다(${error}).`,
  'port-without-tls': ({ port, error }) => `포트 ${port}번이 열려 있지만 TLS로 통신할 수 없습니다(${error}).`,
  'port-wants-tls': ({ port }) => `포트 ${port}번의 서버는 TLS를 요구합니다.`,
  'port-speaks-http': ({ port, name, kind }) =>
    `포트 ${port}번에서 RTSP가 아니라 HTTP를 쓰는 웹 서버가 응답합니다${inBrackets(called(name, kind))}.`,
  'port-speaks-rtsp': ({ port, name, kind }) =>
    `포트 ${port}번에서 RTSP 서버가 응답합니다${inBrackets(called(name, kind))}.`,
  'port-speaks-other': ({ port, kind }) => `포트 ${port}번에서 카메라가 아닌 것이 응답합니다: ${SPEAKERS[kind]}`,
  'port-speaks-nothing-known': ({ port, bytes }) =>
    `포트 ${port}번에서 카메라가 아닌 것이 응답합니다: RTSP도 HTTP도 아닌 ${bytes}바이트`,
  'server-answers': ({ question, status, server, methods }) => {
    const by = server === '' ? '' : ` 서버: ${server}.`;
    const known = methods.length === 0 ? '' : ` 지원하는 요청: ${listed(methods)}.`;
    return `${question} 요청에 상태 코드 ${status}번으로 응답했습니다.${by}${known}`;
  },
  'server-silent': ({ question }) => `${question} 요청에 응답하지 않았습니다.`,

  'login-not-asked': ({ given }) =>
    `사용자 이름과 비밀번호를 요구하지 않습니다.${given ? ' 입력한 것은 필요하지 않습니다.' : ''}`,
  'login-missing': (login) => `카메라가 사용자 이름과 비밀번호를 요구합니다(${asked(login)}).`,
  'login-accepted': (login) => `카메라가 사용자 이름과 비밀번호를 받아들였습니다(${asked(login)}).`,
  'login-refused': (login) => `카메라가 사용자 이름이나 비밀번호를 받아들이지 않았습니다(${asked(login)}).`,
  'login-untried': (login) => `카메라가 사용자 이름과 비밀번호를 요구하지만(${asked(login)}) 보내 보지 않았습니다.`,
  'login-unknown-way': (login) => `카메라가 알 수 없는 방식의 로그인을 요구합니다(${asked(login)}).`,
  'login-forbidden': () => '카메라가 누구인지 묻지도 않고 접근을 거부합니다(403).',
  'login-not-reached': ({ status }) => `카메라가 비밀번호를 묻기 전에 상태 코드 ${status}번으로 응답했습니다.`,
  'login-no-answer': () => '카메라가 DESCRIBE에 응답하지 않아 비밀번호도 묻지 않았습니다.',
  'path-has-stream': ({ path }) => `${path} 경로에 영상이 있습니다.`,
  'path-has-picture': ({ path }) => `${path} 경로에 화면이 있습니다.`,
  'path-missing': ({ path, problem }) =>
    `${path} 경로에 영상이 없습니다.${problem === 'camera-not-found' ? '' : ` ${said(problem)}`}`,
  'path-gives-nothing': ({ path, problem }) => `${path} 경로에서 영상이 오지 않습니다. ${said(problem)}`,
  'path-has-page': ({ path, name, kind }) => `${path} 경로에서 영상 대신 웹 페이지가 응답합니다: ${called(name, kind)}`,

  'tracks-video': (video) => {
    const { codec, width, height, interlaced, fps, audio } = video;
    const size = width === null || height === null ? [] : [`${width}x${height}${interlaced ? ' 인터레이스' : ''}`];
    const about = [codec, ...size, ...(fps === null ? [] : [`초당 ${fps}장`])].join(', ');
    const sound = audio.length === 0 ? '' : ` 소리: ${listed(audio)}.`;
    return `영상: ${about}. ${playedBy({ ...video, name: codec, isKnown: true })}.${sound}`;
  },
  'tracks-jpeg': ({ single, width, height }) => {
    const size = width === null || height === null ? '' : `, ${width}x${height}`;
    return `영상: MJPEG${size}${single ? ', 요청마다 한 장' : ''}. 모든 브라우저에서 볼 수 있습니다.`;
  },
  'tracks-no-video': () => '이 주소에는 영상이 없습니다.',
  'tracks-encrypted': () => '카메라가 암호화된 영상(SRTP)만 보냅니다.',
  'tracks-unplayable': ({ codecs }) => {
    const offers = codecs.map((codec) => `${codec.name}(${playedBy(codec)})`);
    return `카메라가 보내는 영상: ${listed(offers)}. Sightline이 직접 여는 것은 H.264와 MJPEG입니다.`;
  },
  'stream-sends': ({ packets, waitMs, perSecond, kbitPerSecond }) => {
    const rate =
      perSecond === null || kbitPerSecond === null ? '' : `, 1초에 화면 ${perSecond}장과 ${bits(kbitPerSecond)}`;
    return `카메라가 TCP로 보냅니다: 패킷 ${packets}개 가운데 첫 패킷까지 ${duration(waitMs)}${rate}`;
  },
  'stream-pictures': ({ pictures, waitMs, perSecond, kbEach, longestPauseMs }) => {
    const rate = perSecond === null ? '' : `, 1초에 ${perSecond.toFixed(1)}장`;
    const pause = `가장 긴 끊김 ${duration(longestPauseMs)}`;
    return `화면 ${pictures}장 가운데 첫 화면까지 ${duration(waitMs)}${rate}, 한 장에 ${kbEach} kB, ${pause}`;
  },
  'stream-refused': ({ problem }) => `카메라가 재생하지 않습니다. ${said(problem)}`,
  'stream-ended': ({ problem }) => `카메라가 재생을 시작했지만 영상이 오기 전에 세션을 끝냈습니다. ${said(problem)}`,
  'stream-silent': ({ waitedMs }) =>
    `카메라가 재생한다고 하지만 ${duration(waitedMs)} 동안 영상 패킷을 하나도 보내지 않았습니다.`,
  'stream-not-rtp': ({ frames }) => `카메라가 재생하지만 보내는 것이 RTP가 아닙니다(프레임 ${frames}개).`,
  'stream-no-session': () => '카메라가 이것을 살펴볼 세션을 주지 않습니다.',

  'keyframes-all': () => '화면마다 따로 볼 수 있는 JPEG입니다.',
  'keyframes-every': ({ everyMs }) => `키프레임이 ${duration(everyMs)}마다 옵니다.`,
  'keyframes-one': ({ watchedMs }) => `${duration(watchedMs)} 동안 키프레임이 하나 왔습니다.`,
  'keyframes-late': ({ waitMs }) => `첫 키프레임이 ${duration(waitMs)} 뒤에 왔습니다. ${SO_LONG}`,
  'keyframes-stopped': ({ forMs }) => `첫 키프레임 뒤로 ${duration(forMs)} 동안 더 오지 않았습니다. ${SO_LONG}`,
  'keyframes-far-apart': ({ apartMs }) => `키프레임 사이가 ${duration(apartMs)}까지 벌어집니다. ${SO_LONG}`,
  'keyframes-none': ({ watchedMs }) => `${duration(watchedMs)} 동안 화면을 시작할 수 있는 키프레임이 오지 않았습니다.`,
  'timestamps-rise': ({ byMs }) => `타임스탬프가 화면마다 ${duration(byMs)}씩 시간에 맞게 늘어납니다.`,
  'timestamps-few': ({ pictures }) => `화면이 ${pictures}장밖에 오지 않아 알 수 없습니다.`,
  'timestamps-same': ({ pictures }) => `화면 ${pictures}장의 타임스탬프가 모두 같아 찍은 시각을 알 수 없습니다.`,
  'timestamps-jump': ({ times, watchedMs, mostMs, way }) => {
    const most = `${duration(mostMs)} ${way === 'back' ? '뒤로' : '앞으로'}`;
    return `${duration(watchedMs)} 동안 타임스탬프가 ${times}번 건너뛰었습니다. 가장 크게는 ${most} 갔습니다.`;
  },
  'timestamps-pace': ({ factor }) => `타임스탬프가 실제 시간의 ${factor.toFixed(2)}배 빠르기로 갑니다.`,
  'timestamps-dated': () => '화면마다 찍은 시각이 있습니다(X-Timestamp).',
  'timestamps-none': () => 'HTTP로 오는 화면에는 타임스탬프가 없어 도착한 시각을 씁니다.',
  'clock-agrees': ({ withinMs, source }) => {
    const within = withinMs === null ? '몇 초' : duration(withinMs);
    return `카메라의 시계가 이 컴퓨터와 ${within} 안에서 맞습니다(${CLOCKS[source]} 기준).`;
  },
  'clock-agrees-but-rtcp': ({ offMs, way }) =>
    `카메라의 시계가 이 컴퓨터와 몇 초 안에서 맞습니다(ONVIF 기준). RTCP 보고는 그보다 ${duration(offMs)} ${WAYS[way]}.`,
  'clock-differs': ({ offMs, way, source }) =>
    `카메라의 시계가 이 컴퓨터보다 ${duration(offMs)} ${WAYS[way]}(${CLOCKS[source]} 기준).`,
  'clock-counts-from-start': () => '카메라가 알리는 시각은 켜진 뒤로 센 것이라 실제 시각이 아닙니다.',
  'clock-untold': () =>
    '카메라가 시각을 알리지 않았습니다. RTCP 보고도 Date도 오지 않았고, ONVIF에도 응답하지 않습니다.',
  'loss-none': ({ lost, expected, ...rest }) =>
    `패킷 ${expected}개 가운데 빠진 것 ${lost === 0 ? '없음' : `${lost}개`}: ${courseOf(rest)}`,
  'loss-some': ({ share, expected, ...rest }) =>
    `패킷 ${expected}개 가운데 ${percent(share)}가 빠졌습니다: ${courseOf(rest)}`,
  'loss-ended': ({ watchedMs, problem }) => `카메라가 ${duration(watchedMs)} 뒤에 세션을 끝냈습니다. ${said(problem)}`,
  'loss-hidden': () => 'HTTP는 손실된 것을 다시 보냅니다. 늦어진 것은 가장 긴 끊김으로 나타납니다.',

  'picture-came': ({ width, height, afterMs }) =>
    `첫 화면이 ${duration(afterMs)} 만에 왔습니다. 크기는 ${width}x${height}입니다.`,
  'picture-undecodable': () => '카메라가 보내는 영상을 해석하지 못했습니다.',
  'picture-none': () => '화면이 오지 않았습니다.',
  'picture-none-because': ({ problem }) => `화면이 오지 않았습니다. ${said(problem)}`,
  'decoding-sound': ({ pictures }) => `화면 ${pictures}장을 오류 없이 해석했습니다.`,
  'decoding-nothing': () => '해석할 화면이 없었습니다.',
  'decoding-ended': ({ problem }) => `화면이 오다가 끊겼습니다. ${said(problem)}`,
  'decoding-bad': ({ pictures, bad }) =>
    `화면 ${pictures}장을 해석했습니다. ${bad}장은 해석하지 못했거나 일부만 해석했습니다.`,
  'decoding-bad-by-loss': ({ pictures, bad }) =>
    `화면 ${pictures}장을 해석했습니다. ${bad}장은 해석하지 못했거나 일부만 해석했습니다. 빠진 패킷 때문입니다.`,
};

function said(problem: ErrorCode): string {
  return koProblems[problem].title;
}

function called(name: string, kind: SpeakerKind | null): string {
  return [name, kind === null ? '' : SPEAKERS[kind]].filter((part) => part !== '').join(', ');
}

function inBrackets(text: string): string {
  return text === '' ? '' : `(${text})`;
}

function withMac(mac: string | null): string {
  return mac === null ? '' : `(MAC 주소 ${mac})`;
}

function others(open: readonly number[]): string {
  return open.length === 0 ? '' : ` 열려 있는 포트: ${listed(open)}`;
}

function asked({ ways, realm }: SeenValues['login-missing']): string {
  return `${ways.length === 0 ? '방식을 밝히지 않음' : listed(ways)}${realm === '' ? '' : `, 영역 "${realm}"`}`;
}

function playedBy({ isKnown, plays, partly }: OfferedCodec): string {
  if (!isKnown) return '볼 수 있는 브라우저를 알 수 없음';
  if (plays.length + partly.length === 0) return '볼 수 있는 브라우저 없음';
  const all = plays.length === 0 ? [] : [`볼 수 있는 브라우저: ${listed(plays)}`];
  const some = partly.length === 0 ? [] : [`기기가 디코딩할 때만: ${listed(partly)}`];
  return [...all, ...some].join('; ');
}

type CourseValues = Omit<SeenValues['loss-none'], 'lost' | 'expected'>;

function courseOf({ watchedMs, disordered, jitterMs, longestPauseMs }: CourseValues): string {
  const order = disordered === 0 ? [] : [`늦거나 겹친 것 ${disordered}개`];
  const jitter = jitterMs === null ? '지터는 타임스탬프가 맞지 않아 알 수 없음' : `지터 ${duration(jitterMs)}`;
  return [`${duration(watchedMs)} 동안`, ...order, jitter, `가장 긴 끊김 ${duration(longestPauseMs)}`].join(', ');
}
