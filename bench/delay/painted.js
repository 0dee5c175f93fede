// Runs inside a page of Chromium: looks at an <img> or a canvas in each animation frame and reads the strip from its
// pixels. What is there when a frame is drawn is on the screen when the next one begins, which is when it is noted.

/* global document, OffscreenCanvas, requestAnimationFrame, MessageChannel, performance */

/** Small enough to be drawn in a millisecond, large enough for the strip: a cell has 8 x 8 pixels. */
const WIDTH = 320;
const HEIGHT = 180;

/**
 * Watches for so long. Gives the frame numbers in the order in which they were painted, with the time of each in
 * milliseconds of performance.now(), and how often no strip could be read.
 */
export async function watchPainted(readStripRgba, { selector, forMs }) {
  const source = document.querySelector(selector);
  const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { willReadFrequently: true });
  const paints = [];
  let unread = 0;
  let drawn = null;
  const endMs = performance.now() + forMs;
  for (;;) {
    const atMs = await nextFrame();
    if (drawn !== null) paints.push({ frame: drawn, atMs });
    drawn = null;
    if (performance.now() > endMs) return { paints, unread };
    if (source.localName === 'canvas') await drawingsOfThisFrame();
    context.drawImage(source, 0, 0, WIDTH, HEIGHT);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    const mark = readStripRgba(data, WIDTH, HEIGHT);
    if (mark === null) unread += 1;
    else if (mark.frame !== paints.at(-1)?.frame) drawn = mark.frame;
  }
}

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** The page draws its canvases in callbacks of the same frame, some of them behind ours. */
function drawingsOfThisFrame() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
