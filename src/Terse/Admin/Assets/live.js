// Streams: clicks as they happen, and the figures of operations.
const most = 12;
const open = [];

export function listen(part) {
  for (const stale of open.filter(one => !one.place.isConnected)) { stale.source.close(); open.splice(open.indexOf(stale), 1); }
  for (const list of part.querySelectorAll('[data-live]')) follow(list, list.dataset.live, 'click', click => { if (click.kind === 'clicks') arrive(list, click); });
  for (const figures of part.querySelectorAll('[data-operations]')) follow(figures, figures.dataset.operations, 'sample', sample => measure(figures, sample));
}

function follow(place, url, name, take) {
  const state = document.querySelector('[data-live-state]');
  const source = new EventSource(url);
  source.onopen = () => { if (state) state.hidden = false; };
  source.onerror = () => { if (state) state.hidden = true; };
  source.addEventListener(name, event => take(JSON.parse(event.data)));
  open.push({ place, source });
}

addEventListener('pagehide', () => { for (const one of open.splice(0)) one.source.close(); });
addEventListener('pageshow', event => { if (event.persisted) listen(document); });

function arrive(list, click) {
  document.querySelector('[data-live-empty]')?.remove();
  const item = document.createElement('li');
  item.className = 'new';
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const where = click.country ? [click.city, names.of(click.country)].filter(Boolean).join(', ') : 'Somewhere';
  const from = click.bot ? 'a bot' : [click.browser, click.device].filter(Boolean).join(', ') || 'someone';
  const text = document.createElement('div');
  text.className = 'grow';
  text.append(Object.assign(document.createElement('b'), { textContent: where }), Object.assign(document.createElement('div'), { className: 'soft small clip', textContent: click.referrer ? `${from}, from ${click.referrer}` : from }));
  const time = Object.assign(document.createElement('span'), { className: 'faint small num', textContent: new Date(click.at).toLocaleTimeString('en', { hour12: false }) });
  item.append(text, time);
  list.prepend(item);
  while (list.children.length > most) list.lastChild.remove();
}

const duration = seconds => seconds == null ? '·' : seconds < .001 ? `${(seconds * 1e6).toFixed(1)} µs` : `${(seconds * 1e3).toFixed(1)} ms`;

function measure(figures, sample) {
  const put = (name, text) => { figures.querySelector(`[data-figure="${name}"]`).textContent = text; };
  put('redirects', sample.redirects >= 100 ? Math.round(sample.redirects).toLocaleString('en') : String(Math.round(sample.redirects * 100) / 100));
  put('p50', duration(sample.p50));
  put('p99', duration(sample.p99));
  put('hitRate', sample.hitRate == null ? '·' : `${Math.round(sample.hitRate * 100)} %`);
  const plot = document.querySelector('[data-chart="rates"]')?.plot;
  if (!plot) return;
  const data = [[...plot.data[0], sample.at], [...plot.data[1], sample.redirects], [...plot.data[2], sample.notFound]];
  plot.setData(data.map(column => column.slice(-300)));
}
