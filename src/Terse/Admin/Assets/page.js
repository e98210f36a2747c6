// Theme, dialogs, copying, confirmation, toasts.
export const token = () => document.querySelector('meta[name="form-token"]').content;

export function toast(text, bad) {
  const box = document.createElement('div');
  box.className = bad ? 'toast bad' : 'toast';
  box.textContent = text;
  document.querySelector('.toasts')?.append(box);
  dismissLater(box, 4000);
}

function dismissLater(box, after) {
  const go = () => setTimeout(() => { if (!box.matches(':hover, :focus-within')) box.remove(); else go(); }, after);
  go();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard API: the older way still works.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast(`Copied ${text.length > 60 ? 'it' : text}`);
}

export function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme === 'dark' || (root.dataset.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'light' : 'dark';
  document.cookie = `terse-theme=${root.dataset.theme}; path=/admin; max-age=31536000; samesite=lax`;
  document.dispatchEvent(new CustomEvent('theme'));
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog?.showModal) return false;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('[name="url"]')?.focus();
  return true;
}

let confirmed = null;
function ask(form) {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-title').textContent = form.dataset.confirm;
  document.getElementById('confirm-text').textContent = form.dataset.confirmText ?? '';
  const yes = document.getElementById('confirm-yes');
  yes.textContent = form.dataset.confirmYes ?? 'Yes';
  yes.onclick = () => { confirmed = form; dialog.close(); form.requestSubmit(); };
  dialog.showModal();
}

export function startPage() {
  document.addEventListener('click', event => {
    const at = selector => event.target.closest(selector);
    if (at('[data-theme-toggle]')) { event.preventDefault(); toggleTheme(); }
    else if (at('[data-close]')) at('dialog').close();
    else if (at('[data-open]')) { if (openDialog(at('[data-open]').dataset.open)) event.preventDefault(); }
    else if (at('[data-copy]')) copy(at('[data-copy]').dataset.copy);
    else if (at('[data-copy-address]')) copy(location.href);
    else if (at('[data-fill]')) {
      const field = document.getElementById(at('[data-fill]').dataset.fill);
      field.value = at('[data-fill]').textContent.trim();
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    else if (event.target.matches('dialog')) event.target.close();
  });
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.dataset.confirm || confirmed === form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form);
  }, true);
  document.addEventListener('input', event => {
    const dialog = event.target.closest('[data-qr]');
    if (!dialog || !event.target.dataset.qrPart) return;
    const parts = [...dialog.querySelectorAll('[data-qr-part]')].map(part => `${part.dataset.qrPart}=${part.value.replace('#', '')}`).join('&');
    const size = dialog.querySelector('[data-qr-part="size"]').value;
    dialog.querySelector('[data-qr-size]').textContent = `${Number(size).toLocaleString('en')} pixels`;
    dialog.querySelector('img').src = `${dialog.dataset.qr}.svg?${parts}`;
    for (const link of dialog.querySelectorAll('[data-qr-download]')) link.href = `${dialog.dataset.qr}.${link.dataset.qrDownload}?${parts}`;
  });
  for (const box of document.querySelectorAll('[data-toast]')) dismissLater(box, box.querySelector('form') ? 12000 : 5000);
}
