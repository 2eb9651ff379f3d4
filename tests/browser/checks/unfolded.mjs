// What is folded away is a part of the page: it is opened and looked at like the rest.

/** Opens the closed parts, those of one `name` one after the other, and looks at the page each time. */
export async function unfolded(page, look) {
  while (await page.evaluate(unfold)) await look();
}

function unfold() {
  const opened = new Set();
  for (const part of document.querySelectorAll('details:not([open], [data-unfolded])')) {
    if (!part.checkVisibility() || (part.name && opened.has(part.name))) continue;
    opened.add(part.name);
    part.dataset.unfolded = '';
    part.open = true;
  }
  return opened.size > 0;
}
