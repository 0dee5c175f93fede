// What the page says while it looks for cameras, in Korean.

import type { DiscoveryWords } from './discovery-en.ts';

export const discoveryKo: DiscoveryWords = {
  find: '카메라 찾기',
  again: '다시 찾기',
  stop: '중지',
  title: '이 네트워크에 있는 카메라',
  looking: (networks) => (networks === '' ? '카메라를 찾는 중' : `${networks}에서 찾는 중`),
  count: (n) => `카메라 ${n}대를 찾았습니다.`,
  nothing: '응답한 카메라가 없습니다.',
  nothingHow:
    '카메라가 켜져 있고 Sightline을 실행하는 기기와 같은 네트워크에 있나요? 위에 주소를 직접 입력하면 될 수도 있습니다.',
  unnamed: '카메라',
  use: '사용',
  useOf: (stream, name) => `${name}, ${stream} 사용`,
  already: (names) => `이미 추가됨: ${names}`,
  wantsPassword: '사용자 이름과 비밀번호가 필요합니다',
  enterPassword: '비밀번호 입력',
  ask: '화면 보기',
  asking: '요청하는 중',
  noStream: '아직 주소를 알 수 없습니다.',
  stillNone: (host) => `${host}에서 화면 주소를 받지 못했습니다. 사용자 이름이나 비밀번호가 틀렸을 수 있습니다.`,
  cut: '찾기가 도중에 끝났습니다. 다시 찾아 주세요.',
};
