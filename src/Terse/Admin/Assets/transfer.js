// An import: the file is sent as it is, and what has been sent has been taken in. An export: the browser takes it, the page asks how far it is.
import { token } from './page.js';

const between = 250;
const patience = 40;

export function startTransfer() {
  document.addEventListener('click', event => {
    const link = event.target.closest('[data-export]');
    if (!link) return;
    const name = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    const url = new URL(link.href);
    url.searchParams.set('watch', name);
    link.href = url.href;
    watch(name, document.querySelector('[data-export-progress]'));
  });
  const form = document.querySelector('[data-import]');
  form?.addEventListener('submit', event => {
    event.preventDefault();
    const file = form.querySelector('[type="file"]').files[0];
    const [box, report, button] = [form.querySelector('[data-import-progress]'), form.querySelector('[data-import-report]'), form.querySelector('button')];
    const request = new XMLHttpRequest();
    request.open('POST', `${form.dataset.import}?format=${file.name.endsWith('.csv') ? 'csv' : 'jsonl'}&onConflict=${form.elements.onConflict.value}`);
    request.setRequestHeader('x-form-token', token());
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => {
      box.querySelector('progress').value = loaded / total;
      box.querySelector('span').textContent = `${(loaded / 1048576).toFixed(1)} of ${(total / 1048576).toFixed(1)} MiB taken in`;
    };
    request.onloadend = () => {
      button.disabled = false;
      box.hidden = true;
      show(report, tell(request));
    };
    report.textContent = '';
    report.className = '';
    box.hidden = false;
    button.disabled = true;
    request.send(file);
  });
}

async function watch(name, box) {
  const [bar, words, all] = [box.querySelector('progress'), box.querySelector('span'), Number(box.dataset.links)];
  box.watched = name;
  bar.value = 0;
  words.textContent = '';
  for (let silent = 0; silent < patience && box.watched === name; await new Promise(done => setTimeout(done, between))) {
    const state = await fetch(`/admin/transfer/export/progress?watch=${name}`).then(answer => answer.ok ? answer.json() : null).catch(() => null);
    if (box.watched !== name) return;
    if (!state) { silent++; continue; }
    box.hidden = false;
    bar.value = state.isWhole ? 1 : state.written / Math.max(all, state.written, 1);
    const links = `${state.written.toLocaleString('en')} ${state.written === 1 ? 'link' : 'links'}`;
    words.textContent = state.isWhole ? `Done: ${links} in the file.` : state.hasEnded ? `Broken off after ${links}. Start it again.` : `${links} of ${Math.max(all, state.written).toLocaleString('en')} written`;
    if (state.hasEnded) return;
  }
}

function tell(request) {
  let answer;
  try { answer = JSON.parse(request.responseText); } catch { return { how: 'bad', words: 'The import broke off. Send the file again: what is there already is passed over.' }; }
  if (request.status !== 200) return { how: 'bad', words: answer.trouble ?? answer.title ?? 'The import was refused.' };
  const parts = [[answer.added, 'added'], [answer.same, 'there already'], [answer.skipped, 'kept as they were here'], [answer.overwritten, 'overwritten'], [answer.renamed, 'under a new code'], [answer.refused, 'refused']];
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString()} ${what}`).join(', ') || 'The file holds no links';
  const taken = answer.added + answer.same + answer.skipped + answer.overwritten + answer.renamed;
  return { how: answer.refused === 0 ? 'good' : taken > 0 ? 'warn' : 'bad', words: `${words}.`, reasons: answer.reasons.slice(0, 5) };
}

function show(report, { how, words, reasons = [] }) {
  report.className = `notice ${how} stack`;
  report.replaceChildren(...[words, ...reasons].map((text, at) => Object.assign(document.createElement('p'), { textContent: text, className: at ? 'small' : '' })));
}
