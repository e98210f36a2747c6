// Making a link: answers in the form itself, copies the short URL, and checks alias and expiry while they are typed.
import { copy, toast } from './page.js';

async function submit(event) {
  const form = event.target.closest('[data-create]');
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector('button.primary');
  button.disabled = true;
  for (const place of form.querySelectorAll('[data-error]')) place.textContent = '';
  for (const hint of form.querySelectorAll('.hint.no')) say(hint);
  form.elements.url.removeAttribute('aria-invalid');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { accept: 'application/json' } });
    if (answer.status === 401) { location.href = `/admin/sign-in?to=${encodeURIComponent(location.pathname)}`; return; }
    const made = await answer.json();
    if (answer.ok) show(form, made); else refuse(form, made.errors);
  } catch {
    toast('Terse does not answer. Nothing was made; try again.', true);
  } finally {
    button.disabled = false;
  }
}

function show(form, made) {
  const result = form.querySelector('[data-result]');
  result.innerHTML = '<div class="made"><img alt=""><div class="grow stack"><a class="short"></a><span class="soft clip dest"></span></div><div class="row wrap"><button class="btn primary" type="button">Copy</button><a class="btn">Statistics</a></div></div>';
  result.querySelector('img').src = made.qr;
  const link = result.querySelector('a.short');
  link.textContent = made.shortUrl.replace(/^https?:\/\//, '');
  link.href = made.shortUrl;
  result.querySelector('.dest').textContent = made.url;
  result.querySelector('button').dataset.copy = made.shortUrl;
  result.querySelector('a.btn').href = made.page;
  const token = form.querySelector('[type="hidden"]').value;
  form.reset();
  form.querySelector('[type="hidden"]').value = token;
  for (const hint of form.querySelectorAll('[data-hint]')) say(hint);
  copy(made.shortUrl);
  form.elements.url.focus();
}

function refuse(form, errors) {
  for (const [name, says] of Object.entries(errors ?? {})) {
    const place = form.querySelector(`[data-error="${name}"]`) ?? form.querySelector(`[data-hint="${name}"]`) ?? form.querySelector('[data-error="url"]');
    say(place, says, 'no');
    if (name === 'url') { form.elements.url.setAttribute('aria-invalid', 'true'); form.elements.url.focus(); }
    else form.querySelector('details').open = true;
  }
}

// A hint says what it said at first until there is something to say of what was typed.
function say(hint, words, how) {
  hint.dataset.usual ??= hint.classList.contains('no') ? '' : hint.textContent;
  hint.textContent = words ?? hint.dataset.usual;
  hint.classList.remove('ok', 'no');
  if (how) hint.classList.add(how);
}

const waiting = new Map();
function check(event) {
  const field = event.target;
  const kind = field.dataset?.check;
  if (!kind) return;
  clearTimeout(waiting.get(field));
  const hint = field.closest('.field').querySelector(`[data-hint="${kind}"]`);
  waiting.set(field, setTimeout(async () => {
    const value = field.value.trim();
    say(hint);
    if (!value) return;
    const answer = await fetch(`/admin/links/check?${kind}=${encodeURIComponent(value)}`);
    if (!answer.ok || field.value.trim() !== value) return;
    const { ok, says, at } = await answer.json();
    say(hint, says ?? (at ? `Ends ${new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' })}.` : ''), ok ? 'ok' : 'no');
  }, 180));
}

export function startCreate() {
  document.addEventListener('submit', submit);
  document.addEventListener('input', check);
  document.addEventListener('paste', event => {
    // A URL pasted anywhere but into a field starts a link.
    if (event.target.closest?.('input, textarea') || !document.querySelector('[data-create]')) return;
    const text = event.clipboardData.getData('text').trim();
    if (!/^https?:\/\/\S+$/.test(text)) return;
    const inPage = document.querySelector('#make-form');
    if (!inPage) document.getElementById('create')?.showModal?.();
    const form = inPage ?? document.querySelector('[data-create]');
    form.elements.url.value = text;
    form.elements.url.focus();
  });
}
