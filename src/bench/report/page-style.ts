// The style sheet of a report's page: one column on a phone, two columns of plots on a desk, on paper as on screen.

import { asProperty, colourProperties, plotStyle } from './colours.ts';

export const PAGE_STYLE = `${colourProperties()}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:1360px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
h1{font-size:28px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;margin:48px 0 12px}
h3{font-size:16px;margin:0 0 4px}
p{margin:0 0 10px;max-width:96ch;text-wrap:pretty}
.meta,.hint,small{color:var(--muted)}
.meta,.hint{font-size:14px}
.lead{font-size:20px;line-height:1.45;margin-top:24px}
.reading{padding:0;margin:16px 0 0;list-style:none;max-width:96ch;font-size:15px}
.reading li{padding:7px 0;border-top:1px solid var(--grid);break-inside:avoid;text-wrap:pretty}
.warning{font-weight:600;border-left:3px solid var(--side0);padding-left:10px!important}
.sides{list-style:none;padding:0;margin:0 0 20px;display:grid;gap:6px;font-size:15px}
.sides li{display:grid;grid-template-columns:64px 1fr;gap:10px;align-items:start}
.sides svg{width:64px;height:22px;display:block}
.plots{display:grid;gap:36px 32px;grid-template-columns:minmax(0,1fr)}
figure{margin:0;break-inside:avoid}
.plot{display:block;max-width:100%;height:auto}
.plot.wide{display:none}
.point{outline:none}
.point.shown .marker{stroke:var(--ink);stroke-width:2}
.point:focus-visible .marker{stroke:var(--ink);stroke-width:3}
#tip{position:absolute;z-index:1;max-width:min(320px,calc(100vw - 16px));padding:6px 10px;border-radius:6px;background:var(--ink);color:var(--paper);font-size:14px;line-height:1.4;pointer-events:none}
.scroll{overflow-x:auto;margin:0 0 24px;border:1px solid var(--grid);border-radius:8px}
.scroll:focus-visible{outline:2px solid var(--side2);outline-offset:2px}
table{border-collapse:collapse;font-size:14px;line-height:1.35;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:7px 12px;text-align:right;vertical-align:top;white-space:nowrap}
th{font-weight:600}
thead th{vertical-align:bottom;white-space:normal;min-width:84px;overflow-wrap:normal;color:var(--muted);font-weight:500}
tbody th,thead th:first-child{text-align:left;overflow-wrap:normal}
tbody th{max-width:min(220px,34vw);overflow:hidden;text-overflow:ellipsis}
tr:not(.group) th:first-child{position:sticky;left:0;background:var(--paper)}
tr{border-top:1px solid var(--grid)}
thead tr{border-top:0}
.group th{max-width:none;background:color-mix(in srgb,var(--grid) 55%,transparent);padding-top:9px}
td small{display:block;font-size:12px}
dl{display:grid;grid-template-columns:minmax(90px,max-content) minmax(0,1fr);gap:4px 20px;margin:0;font-size:15px;max-width:96ch}
dt{color:var(--muted)}dd{margin:0}
footer{padding:24px 20px 48px}
@media (min-width:760px){.plot.wide{display:block}.plot.narrow{display:none}.plots{max-width:680px}}
@media (min-width:1100px){.reading{columns:2;column-gap:40px;max-width:none}}
@media (min-width:1280px){.plots{grid-template-columns:repeat(2,minmax(0,1fr));max-width:none}}
@media print{body{font-size:11pt}.plots{grid-template-columns:repeat(2,minmax(0,1fr));max-width:none;gap:20px}.plot.narrow{display:block}.plot.wide,#tip,.hint{display:none}.scroll{overflow:visible;border:0}table{font-size:8pt}th,td{padding:3px 5px}h2{margin-top:24px}tr,li{break-inside:avoid}}
${plotStyle(asProperty)}`;
