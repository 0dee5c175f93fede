// Every sentence of the page in Korean. Names stand before the word for camera, so that no particle depends on them.

import type { Dictionary, TrialSentences } from './en.ts';
import { doctorKo } from './doctor-ko.ts';
import { koProblems } from './ko-problems.ts';
import { manageKo } from './manage-ko.ts';
import { discoveryKo } from './discovery-ko.ts';
import { processorsKo } from './processors-ko.ts';
import { watchKo } from './watch-ko.ts';

const trial: TrialSentences = {
  'camera-unreachable': ({ host }) => `${host} 주소에서 응답이 없습니다. 카메라가 켜져 있나요?`,
  'camera-unknown-host': ({ host }) => `${host}: 찾을 수 없는 이름입니다. 이름이 맞나요?`,
  'camera-refused': ({ host, port }) =>
    `${host}에 카메라가 없습니다. 포트 ${port}번에서 응답이 없습니다. 카메라가 켜져 있고 포트가 맞나요?`,
  'camera-timeout': ({ host }) => `${host}의 응답이 너무 느리거나 없습니다. 카메라가 켜져 있나요?`,
  'camera-unauthorized': ({ host }) => `${host}에 사용자 이름과 비밀번호가 필요하거나, 입력한 것이 맞지 않습니다.`,
  'camera-not-found': ({ host }) => `${host}에서 응답하지만 이 경로에는 영상이 없습니다. 경로가 맞나요?`,
  'camera-protocol': ({ host }) => `${host}에서 카메라 영상이 아닌 것을 보냅니다. 웹 페이지의 주소일 수 있습니다.`,
  'camera-busy': ({ host }) =>
    `${host}에서 더는 연결을 받지 않습니다. 이 카메라를 보고 있는 다른 프로그램을 닫아 주세요.`,
  'picture-timeout': ({ host }) => `${host}에서 응답하지만 화면이 오지 않았습니다.`,
};

export const ko: Dictionary = {
  states: {
    live: '실시간',
    starting: '시작하는 중',
    frozen: '멈춤',
    ready: '대기 중',
    off: '꺼짐',
    needsPassword: '비밀번호 필요',
    notShowable: '여기서 볼 수 없음',
    old: '지난 화면',
    switchedOff: '사용 안 함',
    failed: '오류',
    since: (time) => `${time}부터`,
  },
  titles: {
    frozen: (name) => `${name} 카메라의 화면이 멈췄습니다.`,
    needsPassword: (name) => `${name} 카메라에 비밀번호가 필요합니다.`,
    notShowable: (name) => `${name} 카메라는 여기서 볼 수 없습니다.`,
    switchedOff: (name) => `${name} 카메라는 사용하지 않습니다.`,
    off: (name) => `${name} 카메라가 꺼져 있습니다.`,
    failed: (name) => `${name} 처리기에 오류가 있습니다.`,
    old: (name) => `${name} 카메라: 지난 화면입니다.`,
    starting: (name) => `${name} 카메라를 시작하고 있습니다.`,
  },
  explain: {
    noNewPictures: '연결되어 있지만 새 화면이 오지 않습니다.',
    since: (time, age) => `${time}부터 ${age}째입니다.`,
    triedAgain: '자동으로 다시 시도합니다.',
  },
  ages: {
    seconds: (n) => `${n}초`,
    minutes: (n) => `${n}분`,
    hours: (n) => `${n}시간`,
    days: (n) => `${n}일`,
  },
  counts: {
    live: (n) => `실시간 ${n}대`,
    liveOf: (n, all) => `${all}대 중 ${n}대 실시간`,
    ready: (n) => `대기 ${n}대`,
    problem: (n) => `문제 ${n}대`,
    none: '사용 중인 카메라 없음',
    viewers: (n) => `${n}명이 보는 중`,
  },
  clocks: {
    rtcp: '카메라의 시계',
    device: '장치의 시계',
    sender: '보내는 쪽의 시계',
    arrival: '도착한 시각',
    none: '시계 없음',
    within: (words, ms) => `${words} ± ${ms} ms`,
  },
  page: {
    asking: '서버에 연결하고 있습니다',
    silent: '서버가 응답하지 않습니다',
    lost: (time) => `${time}에 서버와 연결이 끊겼습니다. 아래는 지난 화면입니다. 다시 연결하고 있습니다.`,
    unknownCamera: (id) => `${id}: 없는 카메라입니다`,
    unknownCameraWhy: '이름이 바뀌었을 수 있습니다. 지금 있는 카메라입니다.',
    cameras: '카메라',
    camera: (name) => `${name} 카메라`,
    pictureOf: (name) => `${name} 카메라의 화면`,
  },
  copy: {
    copy: '복사',
    copyWhat: (what) => `복사: ${what}`,
    copied: '복사했습니다',
    byKey: 'Ctrl+C를 누르세요',
  },
  facts: {
    addresses: (name) => `${name} 카메라의 주소`,
    inPage: '웹 페이지에',
    moving: '움직이는 화면',
    one: '한 장',
    picture: '화면',
    sizeUnknown: '크기를 아직 모름',
    rate: (n) => `초당 ${n}장`,
    viewers: '보는 사람',
    captureTime: '촬영 시각',
    source: '주소',
  },
  watch: watchKo,
  manage: manageKo,
  processors: processorsKo,
  discovery: discoveryKo,
  doctor: doctorKo,
  trial,
  problems: koProblems,
};
