// Hints of single errors that say more than the hint of their code: by name, so that doctor can tell them apart and the
// page has them in other languages.

export const HINTS = {
  throughFfmpeg: 'Open it through ffmpeg:rtsp://… instead.',
  h264OrFfmpeg: 'Choose H.264 or MJPEG on the camera, or open it as ffmpeg:rtsp://…',
  ownAddress: "Write the camera's own address.",
  webAddress: 'Check the port; the address of a web server begins with http:// or https://.',
  onItsPage: "This is the address of the camera's page: look there for the address of its picture or stream.",
  digestBefore:
    'Another device may have its address. If you changed this at the camera, switch the camera off and on again here.',
  readableFile: 'Give the user that runs Sightline the right to read the file.',
  videoGroup: 'Add the user to the group video (`sudo usermod -aG video USER`) and log in again.',
  videoDevice: 'Choose a device that captures video: not every /dev/video does.',
} as const;
