// Links and search forms that change only a part of the page fetch that page and put its part in place of this one's.
import { draw } from './draw.js';

let running;

export async function swap(url, push = true) {
  running?.abort();
  const mine = running = new AbortController();
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { 'x-swap': '1' } });
    if (!answer.ok) { location.href = url; return; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-swap-target]');
    const here = document.querySelector('[data-swap-target]');
    if (!fresh || !here) { location.href = url; return; }
    const open = [...here.querySelectorAll('details')].map(details => details.open);
    here.replaceWith(document.adoptNode(fresh));
    if (open.length === fresh.querySelectorAll('details').length) fresh.querySelectorAll('details').forEach((details, at) => { details.open = open[at]; });
    const navs = page.querySelectorAll('[data-swap-form] .seg');
    document.querySelectorAll('[data-swap-form] .seg').forEach((nav, at) => { if (navs[at]) nav.innerHTML = navs[at].innerHTML; });
    const [form, now] = [document, page].map(one => one.querySelector('[data-swap-form]'));
    if (form && now) {
      form.querySelectorAll('input[type="hidden"]').forEach(input => input.remove());
      form.prepend(...now.querySelectorAll('input[type="hidden"]'));
    }
    if (push) history.pushState({ swap: true }, '', url); else history.replaceState({ swap: true }, '', url);
    draw(fresh);
  } catch (error) {
    if (error.name !== 'AbortError') location.href = url;
  }
}

function mark() {
  const bar = document.querySelector('[data-bulk-bar]');
  if (!bar) return;
  const marked = document.querySelectorAll('input[name="codes"]:checked').length;
  bar.hidden = marked === 0;
  bar.querySelector('[data-bulk-count]').textContent = `${marked} marked`;
}

export function startSwaps() {
  let wait;
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-swap]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.querySelector('[data-swap-target]')) return;
    if (link.pathname !== location.pathname) return;
    event.preventDefault();
    swap(link.href);
  });
  document.addEventListener('input', event => {
    const form = event.target.closest('[data-swap-form]');
    if (!form) return;
    clearTimeout(wait);
    wait = setTimeout(() => {
      const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      swap(`${form.action}?${given}`, false);
    }, 160);
  });
  document.addEventListener('change', event => {
    if (event.target.matches('[data-mark-all]')) for (const box of document.querySelectorAll('input[name="codes"]')) box.checked = event.target.checked;
    if (event.target.matches('[data-mark-all], input[name="codes"]')) mark();
  });
  if (document.querySelector('[data-swap-target]')) history.replaceState({ swap: true }, '');
  addEventListener('popstate', event => { if (event.state?.swap) swap(location.href, false); else location.reload(); });
  mark();
}
