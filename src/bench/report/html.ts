// A report as one HTML file that asks nobody for anything: what the figures say, plots, all figures, and how they were
// measured. Opens from a disk; its policy lets only its own script run.

import { createHash } from 'node:crypto';
import { compare } from './compared.ts';
import type { Comparison } from './compared.ts';
import { colourOf, dashOf, markerOf, slotsOf } from './colours.ts';
import { figureTables } from './html-tables.ts';
import { Markup, markup } from './markup.ts';
import { digits, listed, oneLine, whole } from './numbers.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { PLOTS, chartOf, plotIn } from './plots.ts';
import { reading, WARNING } from './reading.ts';
import type { BenchReport } from '../types.ts';

const WIDE = { width: 656, height: 380 };
const NARROW = { width: 350, height: 320 };

const POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${createHash('sha256').update(PAGE_SCRIPT).digest('base64')}'`;

export function reportHtml(report: BenchReport): string {
  const comparison = compare(report);
  const [lead = '', ...sentences] = reading(report).map(unbroken);
  const camera = oneLine(report.camera.display);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${camera}: Sightline bench</title>
<link rel="icon" href="data:,">
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header><h1>What viewers of one camera cost</h1><p class="meta">${camera}, ${report.at.slice(0, 16).replace('T', ' ')} UTC, measured with <code>sightline bench</code> in ${minutes(report.tookSeconds)}</p></header>
<main>
<p class="lead">${lead}</p>
<ul class="reading">${sentences.map((it) => markup`<li${it.startsWith(WARNING) ? markup` class="warning"` : markup``}>${it}</li>`)}</ul>
${plots(comparison)}
<h2>All figures</h2>
<p class="hint">The median of the windows; below it their range, where there is one and it is not a single number. –: not known.</p>
${figureTables(comparison)}
${method(report)}
</main>
<footer class="meta">Sightline ${report.machine.sightline}</footer>
<div id="tip" role="status" hidden></div>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`.text;
}

/** A number and its unit stay on one line. */
function unbroken(sentence: string): string {
  return sentence.replace(/\d (%|(ms|fps|s|viewers?)\b)/g, (all) => all.replace(' ', '\u00a0'));
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${digits(Math.round(seconds))} s` : `${digits(Math.round(seconds / 60))} minutes`;
}

function plots(comparison: Comparison): Markup {
  const figures = PLOTS.flatMap((name) => {
    const chart = chartOf(comparison, name);
    return chart === null
      ? []
      : [
          markup`<figure><h3>${chart.title}</h3>${plotIn(chart, { ...WIDE, form: 'wide' })}${plotIn(chart, { ...NARROW, form: 'narrow' })}</figure>`,
        ];
  });
  if (figures.length === 0) return markup``;
  return markup`<h2>Against the number of viewers</h2>
<ul class="sides">${legend(comparison)}</ul>
<p class="hint">A line ends with the most viewers that its side was measured with. Bars are ranges of the windows. Values: hover, or tab to a plot and use the arrow keys.</p>
<div class="plots">${figures}</div>`;
}

function legend({ sides }: Comparison): Markup[] {
  const slots = slotsOf(sides.map(({ side }) => side));
  return sides.map(({ side }, at) => {
    const slot = slots[at]!;
    return markup`<li><svg class="plot" viewBox="0 0 64 22" aria-hidden="true"><g class="${colourOf(slot)}"><path class="line" stroke-dasharray="${dashOf(slot) || 'none'}" d="M2 11H62"/><path class="marker" transform="translate(32 11)" d="${markerOf(slot)}"/></g></svg><span><strong>${oneLine(side.name)}</strong>${side.kind === 'peer' ? ' (peer)' : ''}: ${oneLine(side.words)}</span></li>`;
  });
}

const CAMERAS = {
  gstreamer: 'GStreamer’s RTSP server, started by the bench',
  sightline: 'Sightline serving the test card, started by the bench',
  given: 'given',
};

function method(report: BenchReport): Markup {
  const { options, machine, camera, absent, notes } = report;
  const length = `${digits(options.seconds)} s after ${digits(options.warmupSeconds)} s of warm-up`;
  const rows: readonly (readonly [string, string])[] = [
    ['Method', 'Each server ran in processes of its own on loopback and was sent viewers by a load client in another process, which counts parts without decoding them; one probe viewer decodes what it got after each window. CPU, memory and threads are those of the server’s whole process tree. The sides took turns in one run.'],
    ['Windows', options.windows < 2 ? `one of ${length} for each figure: no range` : `${digits(options.windows)} of ${length} for each figure`],
    ['Viewers', listed(options.viewers.map(digits))],
    ['Modes', listed(options.modes)],
    ['Camera', `${oneLine(camera.display)} (${CAMERAS[camera.kind]}), ${oneLine(camera.codec)}, ${camera.width} × ${camera.height}, ${digits(camera.fps)} fps, ${camera.hasStrip ? 'with' : 'without'} the test card`],
    ['Processor', `${oneLine(machine.cpu)}, ${digits(machine.cores)} cores`],
    ['Memory', `${whole(machine.memoryMb)} MB`],
    ['System', oneLine(machine.system)],
    ['Versions', `Sightline ${machine.sightline}, Node ${machine.node}`],
    ...absent.map(({ name, why }) => [`Absent`, `${oneLine(name)}: ${oneLine(why)}`] as const),
    ...notes.map((note) => ['Note', oneLine(note)] as const),
  ]; // prettier-ignore
  return markup`<h2>How it was measured</h2><dl>${rows.map(([name, text]) => markup`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}
