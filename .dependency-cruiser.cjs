// The import rule of docs/architecture.md as a table: a room may import only the rooms listed beside it.
const rooms = {
  base: [],
  media: ['base'],
  rtsp: ['base', 'media'],
  link: ['base', 'media', 'config'],
  config: ['base', 'media'],
  state: ['base', 'media', 'config'],
  capture: ['base', 'media', 'link', 'config'],
  control: ['base', 'media', 'link', 'config', 'capture', 'state'],
  ingest: ['base', 'media', 'link', 'config', 'capture', 'rtsp'],
  codec: ['base', 'media', 'link', 'config', 'capture'],
  frames: ['base', 'media', 'link', 'config', 'capture', 'ingest', 'codec'],
  gateway: ['base', 'media', 'link', 'config', 'rtsp'],
  discovery: ['base', 'media', 'rtsp', 'config', 'link'],
};

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import ${allowed.length ? allowed.join(', ') : 'no other room'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'deliveries-stand-alone',
      comment: 'one way out never imports another',
      severity: 'error',
      from: { path: '^src/gateway/delivery/([^/.]+)[./]' },
      to: {
        path: '^src/gateway/delivery/',
        pathNot: ['^src/gateway/delivery/$1[./]', '^src/gateway/delivery/shared/'],
      },
    },
    {
      name: 'native-code-behind-one-door',
      comment: 'node-av is imported by codec/ffmpeg only',
      severity: 'error',
      from: { pathNot: '^(src/codec/ffmpeg/|node_modules/)' },
      to: { path: 'node_modules/node-av' },
    },
    {
      name: 'pages-see-types-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/gateway/api/contract' },
    },
    {
      name: 'bench-is-nobodys-room',
      comment: "src/bench may see any room; only commands, tests and the project's own benchmarks see it",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(bench|commands)/' },
      to: { path: '^src/bench/' },
    },
    {
      name: 'frames-are-for-programs',
      comment:
        'src/frames loads FFmpeg into the process that imports it: the package hands it out, no part of the server has it',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(frames|public)/', '\\.test\\.ts$'] },
      to: { path: '^src/frames/' },
    },
    {
      name: 'doctor-is-handed-in',
      comment:
        'only app and commands see src/doctor and src/discovery, and doctor sees discovery; others get them handed in',
      severity: 'error',
      from: { path: '^src/(?!app|commands/|doctor/|discovery/)', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(doctor|discovery)/' },
    },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...roomRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/.cache)/|^bench/out/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
