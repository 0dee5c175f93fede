// A line of numbers, small: the last minute of a delay. Drawn in the colour of the canvas's text.

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Draws `values` to the right edge, `room` of them wide; gaps where there is none. Gives what they range over. */
export function drawLine(canvas: HTMLCanvasElement, values: readonly (number | null)[], room: number): Range | null {
  const width = (canvas.width = Math.round(canvas.clientWidth * devicePixelRatio));
  const height = (canvas.height = Math.round(canvas.clientHeight * devicePixelRatio));
  const known = values.filter((value) => value !== null);
  const context = canvas.getContext('2d');
  if (context === null || known.length === 0) return null;
  const least = Math.min(...known);
  const most = Math.max(...known);
  const top = Math.max(most, 1) * 1.1;
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = 1.5 * devicePixelRatio;
  context.beginPath();
  let drawing = false;
  for (const [at, value] of values.entries()) {
    const x = width - ((values.length - 1 - at) * width) / (room - 1);
    const y = value === null ? 0 : height - (Math.max(0, value) / top) * height;
    if (value !== null && drawing) context.lineTo(x, y);
    else if (value !== null) context.moveTo(x, y);
    drawing = value !== null;
  }
  context.stroke();
  return { least, most };
}
