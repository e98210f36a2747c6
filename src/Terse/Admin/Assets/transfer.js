// An import: the file is sent as it is, and what has been sent has been taken in.
import { token } from './page.js';

export function startTransfer() {
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
      report.className = request.status === 200 ? 'notice good' : 'notice bad';
      report.textContent = tell(request);
    };
    report.textContent = '';
    report.className = '';
    box.hidden = false;
    button.disabled = true;
    request.send(file);
  });
}

function tell(request) {
  let answer;
  try { answer = JSON.parse(request.responseText); } catch { return 'The import broke off. Send the file again: what is there already is passed over.'; }
  if (request.status !== 200) return answer.trouble ?? answer.title ?? 'The import was refused.';
  const parts = [[answer.added, 'added'], [answer.same, 'there already'], [answer.skipped, 'kept as they were here'], [answer.overwritten, 'overwritten'], [answer.renamed, 'under a new code'], [answer.refused, 'refused']];
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString()} ${what}`).join(', ') || 'The file holds no links';
  return [`${words}.`, ...answer.reasons.slice(0, 5)].join(' ');
}
