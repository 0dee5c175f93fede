// What an examination advises, in Korean: a sentence for each code.

import type { AdviceValues, Wording } from '../../../src/gateway/api/contract-examination.ts';
import { listed } from './ko-figures.ts';
import { koProblems } from './ko-problems.ts';
import { SPEAKERS } from './ko-seen.ts';

const ELSEWHERE = '지금 주소는 ‘카메라 찾기’에서 찾을 수 있습니다.';

export const koAdvice: Wording<AdviceValues> = {
  'as-problem': ({ problem }) => koProblems[problem].hint,
  'open-through-ffmpeg': () => '주소를 ffmpeg:rtsp://… 형식으로 바꿔 FFmpeg으로 열어 주세요.',
  'choose-h264-or-ffmpeg': () =>
    '카메라에서 H.264나 MJPEG를 고르거나, 주소를 ffmpeg:rtsp://… 형식으로 바꿔 FFmpeg으로 열어 주세요.',
  'write-own-address': () => '카메라 자체의 주소를 입력해 주세요.',
  'write-web-address': () => '포트를 확인해 주세요. 웹 서버의 주소는 http://나 https://로 시작합니다.',
  'look-on-its-page': () => '카메라의 웹 페이지 주소입니다. 그 페이지에서 화면이나 영상의 주소를 찾아 주세요.',
  'switch-off-and-on': () =>
    '다른 기기가 이 주소를 쓰고 있을 수 있습니다. 카메라에서 직접 바꾼 것이라면 여기서 카메라를 껐다가 다시 켜 주세요.',
  'let-read-file': () => 'Sightline을 실행하는 사용자에게 파일을 읽을 권한을 주세요.',
  'join-video-group': () => '사용자를 video 그룹에 넣고(`sudo usermod -aG video USER`) 다시 로그인해 주세요.',
  'choose-video-device': () => '영상을 찍는 장치를 골라 주세요. /dev/video 장치가 모두 영상을 찍지는 않습니다.',
  'write-ip': () => '이 컴퓨터의 네트워크를 확인하거나, 이름 대신 카메라의 IP 주소를 입력해 주세요.',
  'check-name': () => '철자를 확인하거나 카메라의 IP 주소를 입력해 주세요. 공유기의 기기 목록에서 볼 수 있습니다.',
  'check-name-mdns': () =>
    '철자를 확인해 주세요. .local 이름은 이 컴퓨터에 mDNS가 있어야 합니다. 없으면 카메라의 IP 주소를 입력해 주세요.',
  'write-ipv4': () => '이 컴퓨터에서 IPv6로 갈 수 없습니다. 카메라의 IPv4 주소를 입력해 주세요.',
  'connect-machine': () => '이 컴퓨터를 네트워크에 연결해 주세요. 케이블이나 Wi-Fi, 이 컴퓨터의 주소를 확인해 주세요.',
  'find-camera': () => `카메라가 켜져 있고 연결되어 있나요? ${ELSEWHERE}`,
  'find-camera-or-its-address': () => `카메라가 켜져 있고 연결되어 있나요? 주소가 바뀌지 않았나요? ${ELSEWHERE}`,
  'check-address-and-router': ({ network }) =>
    `이 컴퓨터는 ${network ?? '다른 네트워크'} 안에 있고 카메라는 공유기(라우터) 너머에 있습니다. 주소가 맞는지, 공유기가 통과시키는지 확인해 주세요.`,
  'switch-on-rtsp': () => '카메라에서 RTSP를 켜거나, 카메라가 쓰는 포트를 입력해 주세요.',
  'switch-on-web-server': () => '카메라의 웹 서버를 켜거나, 카메라가 쓰는 포트를 입력해 주세요.',
  'write-port': ({ host, port }) => `주소 뒤에 맞는 포트를 입력해 주세요. 예: ${host}:${port}`,
  'use-plain-or-unverified': () =>
    '암호화하지 않는 주소를 쓰거나 인증서 확인을 꺼 주세요(설정 파일의 tlsVerify: false).',
  'write-scheme-or-tls-port': ({ scheme }) =>
    `주소의 앞부분을 ${scheme} 형식으로 바꾸거나, 카메라가 TLS에 쓰는 포트를 입력해 주세요.`,
  'write-scheme': ({ scheme }) => `주소의 앞부분을 ${scheme} 형식으로 바꿔 주세요.`,
  'http-is-not-rtsp': () =>
    '카메라의 주소가 맞나요? RTSP는 보통 포트 554번을 쓰고, 웹 서버의 주소는 http://로 시작합니다.',
  'not-of-a-camera': () => '주소와 포트를 확인해 주세요. 카메라의 포트가 아닙니다.',
  'restart-or-look-who': () =>
    '카메라를 다시 시작해 주세요. 그래도 같으면 이 주소에 다른 기기나 방화벽이 있는 것입니다.',
  'choose-digest-or-basic': () => '카메라에서 RTSP와 HTTP의 인증 방식을 Digest나 Basic으로 골라 주세요.',
  'give-login': () => '카메라의 사용자 이름과 비밀번호를 입력해 주세요.',
  'check-login': () =>
    '카메라에서 둘 다 확인해 주세요. RTSP나 ONVIF 계정이 따로 있는 카메라가 많고, 여러 번 틀리면 한동안 잠기는 것도 있습니다.',
  'allow-address': () =>
    '카메라에 허용된 주소 목록이 있는지, 이 계정으로 이 영상을 볼 수 있게 되어 있는지 확인해 주세요.',
  'close-others': () => '이 카메라를 보고 있는 다른 프로그램을 닫거나 카메라를 다시 시작해 주세요.',
  'find-camera-instead': ({ kind }) => `이 기기의 종류: ${SPEAKERS[kind]}. 카메라의 주소를 찾아 주세요.`,
  'path-works': ({ tried, sources }) =>
    `카메라가 흔히 쓰는 경로 ${tried}개를 시도했습니다. 여기서 되는 주소: ${listed(sources)}`,
  'path-asks-password': ({ tried, sources }) =>
    `카메라가 흔히 쓰는 경로 ${tried}개를 시도했습니다. 비밀번호를 묻는 주소: ${listed(sources)}`,
  'path-none-works': ({ tried }) =>
    `카메라가 흔히 쓰는 경로 ${tried}개를 시도했지만 되는 것이 없습니다. 카메라의 설명서나 설정에서 RTSP 주소를 찾아 주세요. ‘카메라 찾기’로 찾을 수도 있습니다.`,
  'choose-main-or-high': () =>
    'MJPEG로는 모든 브라우저에서 볼 수 있습니다. 다른 방식으로도 보려면 카메라에서 Main이나 High 프로파일을 골라 주세요.',
  'choose-video': () => '소리나 녹화의 주소입니다. 다른 주소를 골라 주세요.',
  'switch-off-srtp': () => '카메라에서 SRTP를 끄거나 rtsps:// 주소를 써 주세요.',
  'restart-camera': () => '카메라를 다시 시작해 주세요. 카메라의 웹 페이지나 앱에서는 화면이 나오는지 확인해 주세요.',
  'lower-size-or-rate': () =>
    '화면이 늦게 오고 있습니다. 카메라에서 크기나 프레임 수를 낮추거나 네트워크를 개선해 주세요.',
  'set-keyframe-interval': () => '카메라에서 키프레임 간격(I-프레임 간격, GOP)을 1~2초로 설정해 주세요.',
  'arrival-is-used': () =>
    '대신 도착한 시각을 쓰므로 화면이 끊겨 보일 수 있습니다. 카메라를 업데이트하거나 다시 시작해 주세요.',
  'set-time-zone': () => '카메라에 시간대와 서머타임을 설정하고, 시간 서버(NTP)를 쓰게 해 주세요.',
  'ask-time-server': () =>
    '카메라가 시간 서버(NTP)를 쓰게 해 주세요. 이미 쓰고 있다면 이 컴퓨터의 시계를 확인해 주세요.',
  'opened-again': () =>
    '자동으로 다시 연결합니다. 계속되면 카메라를 다시 시작하고, 카메라의 부하와 네트워크를 확인해 주세요.',
  'camera-drops-packets': () =>
    'TCP는 손실하지 않으므로 카메라가 스스로 패킷을 버립니다. 비트레이트나 화면 크기를 낮추거나 네트워크(Wi-Fi)를 개선해 주세요.',
  'network-holds-back': () =>
    '네트워크에서 패킷이 늦어집니다. 케이블을 쓰거나 Wi-Fi가 더 좋은 곳으로 옮기거나 비트레이트를 낮춰 주세요.',
  'stream-damaged': () =>
    '영상이 카메라나 전송 중에 손상됩니다. 카메라를 다시 시작하거나 업데이트하고, 케이블을 쓰거나 Wi-Fi가 더 좋은 곳으로 옮겨 주세요.',
};
