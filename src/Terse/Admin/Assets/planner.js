// Sliders of the planner: a slider writes its amount, an amount moves its slider, and the plan follows.
import { swap } from './swap.js';

const trim = value => String(Math.round(value * 1e6) / 1e6);
const scaled = (value, step, units) => {
  let at = 0;
  while (at < units.length - 1 && value >= step) { value /= step; at++; }
  return trim(+value.toPrecision(3)) + units[at];
};
const write = {
  Count: value => scaled(value, 1000, ['', 'k', 'M', 'B', 'T']),
  Bytes: value => scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']),
  Share: value => `${trim(value * 100)}%`,
  Years: value => `${trim(+value.toPrecision(3))}y`,
  Days: value => `${trim(+value.toPrecision(3))}d`,
  Milliseconds: value => `${trim(+value.toPrecision(3))}ms`,
};
const whole = new Set(['replication', 'regions', 'cores', 'retention']);

export function startPlanner() {
  const form = document.querySelector('[data-planner]');
  if (!form) return;
  let wait;
  const plan = after => {
    clearTimeout(wait);
    wait = setTimeout(() => swap(`/admin/planner?${new URLSearchParams(new FormData(form))}`, false), after);
  };
  form.addEventListener('submit', event => { event.preventDefault(); plan(0); });
  form.addEventListener('input', event => {
    const slider = event.target.dataset.slider;
    if (slider) {
      const [least, most, share] = [+event.target.dataset.least, +event.target.dataset.most, event.target.value / 1000];
      let value = event.target.dataset.log ? least * (most / least) ** share : least + (most - least) * share;
      if (whole.has(slider)) value = Math.round(value);
      if (event.target.dataset.kind === 'Share') value = Math.round(value * 1e5) / 1e5;
      if (event.target.dataset.kind === 'Count' && !event.target.dataset.log && !whole.has(slider)) value = Math.round(value * 100) / 100;
      form.elements[slider].value = write[event.target.dataset.kind](value);
      plan(60);
    } else if (event.target.name === 'preset') {
      location.href = `/admin/planner?preset=${event.target.value}`;
    } else {
      plan(400);
    }
  });
}
