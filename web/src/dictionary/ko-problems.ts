// The server's problems in Korean, one for each code that it knows; its own sentences are English.

import type { ErrorCode } from '../api.ts';
import type { ProblemWords } from './en.ts';

export const koProblems: Readonly<Record<ErrorCode, ProblemWords>> = {
  'config-invalid': { title: '설정 파일에 오류가 있습니다.', hint: '표시된 줄을 고쳐 주세요.' },
  usage: { title: '명령을 이해하지 못했습니다.', hint: '`sightline --help`를 확인해 주세요.' },
  'source-invalid': {
    title: '카메라 주소가 올바르지 않습니다.',
    hint: 'rtsp://192.168.1.20/stream1 같은 주소를 입력해 주세요.',
  },
  'request-invalid': { title: '입력한 값이 올바르지 않습니다.', hint: '표시된 항목을 고쳐 주세요.' },
  unauthorized: { title: '로그인이 필요합니다.', hint: '로그인하거나 토큰을 입력해 주세요.' },
  forbidden: { title: '허용되지 않은 요청입니다.', hint: '허용된 주소에서 다시 시도해 주세요.' },
  'not-found': { title: '찾을 수 없습니다.', hint: '카메라 목록에서 골라 주세요.' },
  'method-not-allowed': { title: '지원하지 않는 요청입니다.', hint: '/openapi.json에서 가능한 요청을 확인해 주세요.' },
  'media-type-unsupported': { title: '지원하지 않는 형식입니다.', hint: '문서에 있는 형식으로 보내 주세요.' },
  'body-too-large': {
    title: '보낸 내용이 너무 큽니다.',
    hint: '더 작게 보내 주세요. 화면 한 장은 8 MB, JSON은 128 KB까지입니다.',
  },
  'takes-no-pictures': {
    title: '이 카메라는 화면을 받지 않습니다.',
    hint: '주소가 push:인 카메라를 추가해 그곳으로 보내 주세요.',
  },
  taken: { title: '이미 쓰이고 있는 ID입니다.', hint: '다른 ID를 골라 주세요.' },
  'search-running': {
    title: '이미 카메라를 찾고 있습니다.',
    hint: '끝날 때까지 기다리거나 중지한 뒤 다시 시도해 주세요.',
  },
  'config-fixed': {
    title: '지금은 카메라를 바꿀 수 없습니다.',
    hint: '명령줄에 카메라 주소를 넣지 않고 서버를 시작하면 카메라가 설정 파일에 저장됩니다.',
  },
  'revision-mismatch': {
    title: '그사이 다른 사람이 설정을 바꿨습니다.',
    hint: '새 값을 확인한 뒤 다시 저장해 주세요.',
  },
  'source-forbidden': {
    title: '여기서는 쓸 수 없는 주소입니다.',
    hint: '이 주소를 설정 파일에 직접 적거나, 그 네트워크를 server.allowedSources에 넣어 주세요.',
  },
  'too-many-attempts': { title: '시도가 너무 많습니다.', hint: '1분 뒤에 다시 시도해 주세요.' },
  'too-many-encodings': {
    title: '동시에 만들 수 있는 화면 크기를 넘었습니다.',
    hint: '이미 보고 있는 크기와 화질을 골라 주세요.',
  },
  'processor-failed': {
    title: '영상 처리기에 오류가 있습니다.',
    hint: '처리기 파일이나 옵션을 고쳐 저장하면 곧바로 다시 적용됩니다.',
  },
  internal: { title: '서버에서 오류가 났습니다.', hint: '로그의 앞뒤 내용과 함께 알려 주세요.' },
  'camera-unreachable': {
    title: '카메라에 연결할 수 없습니다.',
    hint: '카메라가 켜져 있는지, 주소와 포트가 맞는지 확인해 주세요.',
  },
  'camera-unknown-host': { title: '카메라의 호스트 이름을 찾을 수 없습니다.', hint: '주소의 이름을 확인해 주세요.' },
  'camera-refused': {
    title: '카메라가 연결을 거부했습니다.',
    hint: '포트 번호와 카메라의 스트리밍 설정을 확인해 주세요.',
  },
  'camera-unauthorized': {
    title: '카메라가 비밀번호를 요구합니다.',
    hint: '카메라의 사용자 이름과 비밀번호를 확인해 주세요.',
  },
  'camera-not-found': { title: '카메라에 그 경로의 영상이 없습니다.', hint: '주소의 경로를 확인해 주세요.' },
  'camera-busy': {
    title: '카메라가 더는 연결을 받지 않습니다.',
    hint: '이 카메라를 보고 있는 다른 프로그램을 닫아 주세요.',
  },
  'camera-timeout': { title: '카메라의 응답이 너무 느립니다.', hint: '네트워크를 확인해 주세요.' },
  'camera-stalled': {
    title: '연결되어 있지만 영상이 오지 않습니다.',
    hint: '계속되면 카메라를 다시 시작해 주세요.',
  },
  'nothing-pushed': {
    title: '이 카메라로 보내오는 화면이 없습니다.',
    hint: '화면을 보내는 프로그램(PUT /cameras/{id}/frame)을 시작해 주세요.',
  },
  'camera-closed': { title: '카메라가 연결을 끊었습니다.', hint: '자동으로 다시 연결합니다.' },
  'camera-protocol': {
    title: '카메라 영상이 아닌 것이 왔습니다.',
    hint: '카메라의 주소가 맞는지 확인해 주세요.',
  },
  'camera-tls': {
    title: '카메라의 인증서를 믿을 수 없습니다.',
    hint: '암호화하지 않는 주소를 쓰거나, 이 카메라의 인증서 확인을 꺼 주세요.',
  },
  'codec-unsupported': {
    title: '지원하지 않는 코덱입니다.',
    hint: '카메라에서 H.264나 MJPEG를 골라 주세요.',
  },
  'device-missing': { title: '장치가 없습니다.', hint: '장치를 연결하거나 목록에서 골라 주세요.' },
  'device-busy': { title: '다른 프로그램이 장치를 쓰고 있습니다.', hint: '그 프로그램을 닫아 주세요.' },
  'file-missing': { title: '파일이 없습니다.', hint: '파일 경로를 확인해 주세요.' },
  'file-unreadable': { title: '파일을 읽을 수 없습니다.', hint: 'FFmpeg이 읽을 수 있는 동영상이 아닙니다.' },
  'decode-failed': {
    title: '영상을 해석하지 못했습니다.',
    hint: '카메라의 해상도를 낮추거나 코덱을 바꿔 주세요.',
  },
  quarantined: {
    title: '이 카메라의 영상 때문에 처리가 거듭 중단되었습니다.',
    hint: '카메라의 코덱이나 해상도를 바꿔 주세요.',
  },
  disabled: { title: '사용하지 않도록 설정된 카메라입니다.', hint: '카메라를 켜면 다시 볼 수 있습니다.' },
  'picture-timeout': { title: '제때 화면이 오지 않았습니다.', hint: '카메라의 상태를 확인해 주세요.' },
  'link-closed': { title: '서버의 일부를 다시 시작하고 있습니다.', hint: '잠시 뒤에 다시 시도해 주세요.' },
  'stream-moved': { title: '영상을 다른 곳에서 보내고 있습니다.', hint: '다시 시도해 주세요.' },
  'too-slow': { title: '받는 속도가 너무 느립니다.', hint: '더 작거나 느린 영상을 골라 주세요.' },
  stopping: { title: '서버가 종료되고 있습니다.', hint: '다시 켜진 뒤에 시도해 주세요.' },
  'port-in-use': { title: '포트를 다른 프로그램이 쓰고 있습니다.', hint: '--port로 다른 포트를 골라 주세요.' },
  'port-forbidden': { title: '이 포트를 쓸 권한이 없습니다.', hint: '--port로 1024보다 큰 포트를 골라 주세요.' },
  'address-unavailable': { title: '이 컴퓨터에 없는 주소입니다.', hint: '--host로 다른 주소를 골라 주세요.' },
  'unsafe-bind': {
    title: '누구나 볼 수 있는 주소에는 토큰이 필요합니다.',
    hint: 'server.token을 설정하거나 --insecure를 붙여 주세요.',
  },
  'config-unwritable': {
    title: '설정 파일을 쓸 수 없습니다.',
    hint: '파일과 폴더의 쓰기 권한과 디스크의 빈 공간을 확인해 주세요. 바뀐 것은 없습니다.',
  },
  'folder-unusable': {
    title: '임시 폴더를 쓸 수 없습니다.',
    hint: '쓸 수 있는 폴더를 TMPDIR로 지정해 주세요.',
  },
};
