// What is drawn after a page or a part of it has come: times, charts, the map, little curves, live lists.
import { drawCharts } from './charts.js';
import { drawMaps } from './map.js';
import { listen } from './live.js';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const spans = [[31536000, 'year'], [2592000, 'month'], [604800, 'week'], [86400, 'day'], [3600, 'hour'], [60, 'minute']];

function words(moment) {
  const seconds = (moment - Date.now()) / 1000;
  for (const [span, unit] of spans) if (Math.abs(seconds) >= span) return relative.format(Math.round(seconds / span), unit);
  return seconds > 0 ? 'in a moment' : 'just now';
}

export function draw(part) {
  for (const time of part.querySelectorAll('time[data-when]')) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' });
    if (time.dataset.when === 'words') time.textContent = words(moment);
  }
  let names;
  for (const country of part.querySelectorAll('[data-country]')) {
    names ??= new Intl.DisplayNames('en', { type: 'region' });
    if (/^[A-Z]{2}$/.test(country.dataset.country)) country.textContent = names.of(country.dataset.country);
  }
  drawCharts(part);
  drawMaps(part);
  drawSparks(part);
  listen(part);
}

async function drawSparks(part) {
  const cells = [...part.querySelectorAll('[data-clicks]')];
  if (cells.length === 0) return;
  const answer = await fetch(`/admin/sparks?codes=${cells.map(cell => cell.dataset.clicks).join(',')}`);
  if (!answer.ok) return;
  const read = await answer.json();
  for (const cell of cells) {
    const counts = read[cell.dataset.clicks];
    if (!counts) continue;
    const sum = counts.reduce((a, b) => a + b, 0);
    cell.textContent = sum.toLocaleString('en');
    const place = cell.closest('tr').querySelector('[data-spark]');
    if (!place || sum === 0) continue;
    const most = Math.max(...counts);
    const points = counts.map((count, at) => `${(at * 92 / (counts.length - 1)).toFixed(1)},${(24 - 22 * count / most).toFixed(1)}`);
    place.innerHTML = `<svg class="spark" viewBox="0 0 92 26" aria-hidden="true"><path class="area" d="M0,26L${points.join('L')}L92,26Z"/><path d="M${points.join('L')}"/></svg>`;
  }
}
