// The map: one file for all pages, coloured by the share of the busiest country.
let file;

export async function drawMaps(part) {
  for (const place of part.querySelectorAll('[data-map]')) {
    const counts = JSON.parse(place.dataset.countries);
    file ??= fetch(place.dataset.src).then(answer => answer.text());
    const picture = new DOMParser().parseFromString(await file, 'image/svg+xml').documentElement;
    picture.setAttribute('aria-hidden', 'true');
    const most = Math.max(1, ...Object.values(counts).map(country => country.n));
    const names = new Intl.DisplayNames('en', { type: 'region' });
    for (const shape of picture.querySelectorAll('[data-c]')) {
      const country = counts[shape.dataset.c];
      if (!country) continue;
      shape.setAttribute('class', `has l${Math.max(1, Math.ceil(5 * Math.sqrt(country.n / most)))}`);
      const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
      title.textContent = `${names.of(shape.dataset.c)}: ${country.n.toLocaleString('en')}`;
      shape.append(title);
      shape.addEventListener('click', () => part.querySelector(`[data-country="${shape.dataset.c}"]`)?.closest('a')?.click() ?? import('./swap.js').then(({ swap }) => swap(country.href)));
    }
    place.replaceChildren(document.adoptNode(picture));
  }
}
