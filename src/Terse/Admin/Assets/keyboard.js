// Every place and the common actions have a key; ? lists them. Keys never fire while someone types.
import { openDialog, toggleTheme, copy } from './page.js';

const places = { h: '/admin', l: '/admin/links', i: '/admin/transfer', o: '/admin/operations', k: '/admin/keys', b: '/admin/blocklist', p: '/admin/planner', w: '/admin/webhooks', a: '/admin/audit' };
let going = 0;

function rows() { return [...document.querySelectorAll('tr[data-row]')]; }

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const now = all.findIndex(row => row.classList.contains('on'));
  all[now]?.classList.remove('on');
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  next.classList.add('on');
  next.scrollIntoView({ block: 'nearest' });
  next.querySelector('a.code').focus({ preventScroll: true });
}

export function startKeyboard() {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (document.querySelector('dialog[open]') || !document.querySelector('.shell')) return;
    const row = document.querySelector('tr.on');
    if (going && Date.now() - going < 1500 && places[event.key]) { event.preventDefault(); location.href = places[event.key]; return; }
    going = event.key === 'g' ? Date.now() : 0;
    const actions = {
      '?': () => openDialog('keys'),
      c: () => { const field = document.querySelector('#make-form [name="url"]'); if (field) field.focus(); else openDialog('create'); },
      '/': () => { const field = document.querySelector('[data-search]'); if (field) { field.focus(); field.select(); } else location.href = '/admin/links?focus=1'; },
      t: toggleTheme,
      j: () => move(1),
      k: () => move(-1),
      x: () => row?.querySelector('input[type="checkbox"]')?.click(),
      y: () => { const from = row?.querySelector('[data-copy]') ?? document.querySelector('[data-main-copy]'); if (from) copy(from.dataset.copy); },
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
  if (new URLSearchParams(location.search).has('focus')) document.querySelector('[data-search]')?.focus();
}
