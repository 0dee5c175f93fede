// What the page says of an examination, in Korean.

import type { DoctorWords } from './doctor-en.ts';

export const doctorKo: DoctorWords = {
  findOutWhy: '원인 찾기',
  title: '카메라 진단',
  stop: '그만두기',
  again: '다시 진단',
  looking: (step) => `살펴보는 중: ${step}`,
  picture: '화면이 나옵니다. 문제가 없습니다.',
  pictureBut: (n) => `화면이 나옵니다. 살펴볼 단계가 ${n}개 있습니다.`,
  noPicture: (step) => `화면이 나오지 않습니다. 막힌 단계: ${step}`,
  stopped: '끝나기 전에 멈췄습니다.',
  steps: {
    name: '이름',
    route: '경로 찾기',
    reach: '응답',
    port: '포트',
    server: '서버',
    login: '로그인',
    path: '주소 경로',
    tracks: '트랙',
    stream: '스트림',
    keyframes: '키프레임',
    timestamps: '타임스탬프',
    clock: '시계',
    loss: '손실',
    'first-picture': '첫 화면',
    decoding: '디코딩',
  },
  states: {
    passed: '정상',
    warned: '확인',
    failed: '실패',
    skipped: '건너뜀',
  },
};
