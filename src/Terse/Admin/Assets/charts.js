// Curves over time with uPlot, in the colours of the page, drawn anew when the theme changes.
import { swap } from './swap.js';

const drawn = new Set();
const colour = name => {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};
const faint = (value, share) => value.startsWith('rgb(') ? value.replace('rgb(', 'rgba(').replace(')', `, ${share})`) : value;
const count = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function area(name) {
  return plot => {
    const fill = plot.ctx.createLinearGradient(0, plot.bbox.top, 0, plot.bbox.top + plot.bbox.height);
    fill.addColorStop(0, faint(colour(name), .28));
    fill.addColorStop(1, faint(colour(name), .01));
    return fill;
  };
}

function line(label, name, filled, straight) {
  return { label, stroke: colour(name), width: 2, fill: filled ? area(name) : undefined, points: { show: false }, paths: straight ? uPlot.paths.linear() : uPlot.paths.spline(), spanGaps: true };
}

function tip(label) {
  let box;
  return {
    hooks: {
      init: plot => { box = document.createElement('div'); box.className = 'tip'; box.hidden = true; plot.over.append(box); plot.over.addEventListener('mouseleave', () => { box.hidden = true; }); },
      setCursor: plot => {
        const { idx, left } = plot.cursor;
        if (idx == null || left < 0) { box.hidden = true; return; }
        box.hidden = false;
        box.replaceChildren(Object.assign(document.createElement('div'), { className: 'faint', textContent: label(plot.data[0][idx]) }));
        for (let at = 1; at < plot.series.length; at++) {
          const row = document.createElement('div');
          row.append(`${plot.series[at].label} `, Object.assign(document.createElement('b'), { textContent: (plot.data[at][idx] ?? 0).toLocaleString('en', { maximumFractionDigits: 1 }) }));
          box.append(row);
        }
        const wide = plot.over.clientWidth;
        box.style.transform = `translate(${Math.min(Math.max(0, left + 14), wide - box.offsetWidth)}px, 6px)`;
        if (left + 14 + box.offsetWidth > wide) box.style.transform = `translate(${Math.max(0, left - box.offsetWidth - 14)}px, 6px)`;
      },
    },
  };
}

// uPlot follows a mouse only. A finger that moves sideways over the chart zooms; one that moves up or down scrolls the page.
function finger() {
  let start = null;
  const at = (plot, event) => Math.min(plot.over.clientWidth, Math.max(0, event.clientX - plot.over.getBoundingClientRect().left));
  const select = (plot, to, done) => plot.setSelect({ left: Math.min(start, to), width: Math.abs(to - start), top: 0, height: plot.over.clientHeight }, done);
  return {
    hooks: {
      init: plot => {
        const { over } = plot;
        over.style.touchAction = 'pan-y';
        over.addEventListener('pointerdown', event => { if (event.pointerType === 'touch' && event.isPrimary) { start = at(plot, event); over.setPointerCapture(event.pointerId); } });
        over.addEventListener('pointermove', event => { if (start !== null) { plot.setCursor({ left: at(plot, event), top: 10 }); select(plot, at(plot, event), false); } });
        over.addEventListener('pointerup', event => { if (start !== null) { select(plot, at(plot, event), true); start = null; } });
        over.addEventListener('pointercancel', event => { if (start !== null) { select(plot, start, false); start = null; } });
      },
    },
  };
}

function axes(unit) {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const common = { stroke: colour('faint'), font, ticks: { show: false } };
  const day = { month: 'short', day: 'numeric' };
  const clock = { hour: '2-digit', minute: '2-digit', hour12: false };
  const show = unit === 'Second' ? at => at.toLocaleTimeString('en', { ...clock, second: '2-digit' }) : unit === 'Day' ? at => at.toLocaleDateString('en', day) : (at, whole) => whole ? at.toLocaleDateString('en', day) : at.toLocaleTimeString('en', clock);
  return [
    { ...common, grid: { show: false }, gap: 8, size: 34, space: 74, values: (_, ticks) => ticks.map((tick, at) => { const moment = new Date(tick * 1000); return show(moment, unit === 'Hour' && moment.getHours() === 0 && at > 0); }) },
    { ...common, grid: { stroke: faint(colour('line-strong'), .22), width: 1 }, gap: 8, size: 46, splits: (plot, axis, min, max) => [0, max / 2, max].map(at => at), values: (_, ticks) => ticks.map(tick => count.format(tick)) },
  ];
}

function chart(place) {
  const data = JSON.parse(place.dataset.points);
  const rates = place.dataset.chart === 'rates';
  const unit = rates ? 'Second' : place.dataset.unit;
  const words = seconds => new Date(seconds * 1000).toLocaleString('en', unit === 'Day' ? { weekday: 'short', month: 'short', day: 'numeric' } : { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: rates ? '2-digit' : undefined, hour12: false });
  const nice = most => {
    const step = 10 ** Math.floor(Math.log10(Math.max(2, most)));
    return step * (step < 10 ? [2, 4, 6, 8, 10] : [1, 2, 3, 4, 5, 6, 8, 10]).find(times => times * step >= most);
  };
  const series = rates
    ? [{}, line('Redirects per second', 'accent', true, true), line('404s per second', 'second', false, true)]
    : [{}, line('People', 'accent', true), line('Bots', 'second', false)];
  const plot = new uPlot({
    width: place.clientWidth, height: Math.max(240, Math.min(300, place.clientWidth * .3)), series: series.slice(0, data.length), axes: axes(unit),
    scales: { y: { range: (_, __, most) => [0, nice(most ?? 1)] }, x: { time: true } },
    cursor: { y: false, drag: { x: place.hasAttribute('data-zoom'), y: false, setScale: false }, points: { size: 8 } },
    legend: { show: false }, plugins: place.hasAttribute('data-zoom') ? [tip(words), finger()] : [tip(words)],
    hooks: {
      setSelect: [plot => {
        if (plot.select.width < 8) return;
        const [from, to] = [plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x')].map(Math.round);
        const url = new URL(location.href);
        url.searchParams.set('from', from);
        url.searchParams.set('to', to);
        swap(url.href);
      }],
    },
  }, data.slice(0, series.length), place);
  return plot;
}

export function drawCharts(part) {
  if (!window.uPlot) { if (document.querySelector('[data-chart]')) addEventListener('load', () => drawCharts(part), { once: true }); return; }
  for (const place of part.querySelectorAll('[data-chart]')) {
    if (place.plot) continue;
    const redraw = () => { place.plot?.destroy(); place.plot = chart(place); };
    redraw();
    drawn.add({ place, redraw });
    new ResizeObserver(() => { if (Math.abs(place.clientWidth - place.plot.width) > 4) place.plot.setSize({ width: place.clientWidth, height: place.plot.height }); }).observe(place);
  }
}

document.addEventListener('theme', () => {
  for (const one of drawn) if (one.place.isConnected) one.redraw(); else drawn.delete(one);
});
