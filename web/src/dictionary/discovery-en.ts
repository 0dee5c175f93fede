// What the page says while it looks for cameras, in English.

export const discoveryEn = {
  find: 'Find cameras',
  again: 'Look again',
  stop: 'Stop',
  title: 'On this network',
  looking: (networks: string) => (networks === '' ? 'Looking for cameras' : `Looking through ${networks}`),
  count: (n: number) => (n === 1 ? 'One camera found.' : `${n} cameras found.`),
  nothing: 'No camera answered.',
  nothingHow:
    'Is it switched on, and in the same network as the machine that runs Sightline? Its address may still work when typed above.',
  unnamed: 'Camera',
  /** What stands on a button beside a camera. */
  use: 'Use',
  useOf: (stream: string, name: string) => `Use ${stream}, ${name}`,
  already: (names: string) => `Added already: ${names}`,
  wantsPassword: 'Wants a user name and a password',
  enterPassword: 'Enter password',
  ask: 'Show picture',
  asking: 'Asking',
  noStream: 'Its addresses are not known yet.',
  stillNone: (host: string) => `${host} gave no address of a picture: user name or password may be wrong.`,
  cut: 'The search was broken off: look again.',
};

export type DiscoveryWords = typeof discoveryEn;
