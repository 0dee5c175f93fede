// The only script of a report's page: shows what a point of a plot says beside it, under the pointer and by key. Each
// plot is one stop of the tab key; arrows go along a line, and from line to line.

export const PAGE_SCRIPT = `
const tip = document.querySelector('#tip');
const near = (points, x, y) => points.reduce((best, it) => {
  const far = Math.hypot(it.dataset.x - x, it.dataset.y - y);
  return far < best.far ? { it, far } : best;
}, { it: null, far: 40 }).it;
const hide = () => { tip.hidden = true; document.querySelectorAll('.point.shown').forEach((it) => it.classList.remove('shown')); };
const show = (point) => {
  hide();
  if (point === null) return;
  point.classList.add('shown');
  tip.textContent = point.getAttribute('aria-label');
  tip.hidden = false;
  const at = point.querySelector('.marker').getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = Math.max(8, Math.min(room, at.left + at.width / 2 - tip.offsetWidth / 2)) + scrollX + 'px';
  const above = at.top - tip.offsetHeight - 8;
  tip.style.top = (above < 8 ? at.bottom + 8 : above) + scrollY + 'px';
};
for (const plot of document.querySelectorAll('.plot')) {
  const points = [...plot.querySelectorAll('.point')];
  for (const point of points) {
    const title = point.querySelector('title');
    point.setAttribute('aria-label', title.textContent);
    point.setAttribute('tabindex', point === points[0] ? 0 : -1);
    title.remove();
    point.addEventListener('focus', () => show(point));
    point.addEventListener('blur', hide);
  }
  plot.addEventListener('pointermove', (event) => {
    const matrix = plot.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    show(near(points, x, y));
  });
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('keydown', (event) => {
    const point = event.target.closest('.point');
    const line = point && point.parentNode;
    const lines = [...new Set(points.map((it) => it.parentNode))];
    const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const across = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!point || !(along || across)) return;
    event.preventDefault();
    const own = points.filter((it) => it.parentNode === line);
    const other = lines[lines.indexOf(line) + across];
    const there = points.filter((it) => it.parentNode === other);
    const next = along ? own[own.indexOf(point) + along] : there[Math.min(own.indexOf(point), there.length - 1)];
    if (!next) return;
    point.setAttribute('tabindex', -1);
    next.setAttribute('tabindex', 0);
    next.focus();
  });
}
addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
`;
