// A list without entries says why it is empty and offers the one next act (U20).

export function emptyStates(page) {
  return page.evaluate(() => {
    const faults = [];
    const shown = (element) => element.checkVisibility();
    for (const list of document.querySelectorAll('ul, ol, tbody, [role=list]')) {
      // An empty list has no height, so it is asked whether the place it stands in is shown.
      const place = list.closest('table') ?? list;
      if (list.childElementCount || !place.parentElement || !shown(place.parentElement)) continue;
      const says = [...(list.closest('section, article, main') ?? document.body).querySelectorAll('.empty')].some(shown);
      if (!says) faults.push(`an empty list says nothing: ${place.outerHTML.replace(/\s+/g, ' ').slice(0, 120)}`);
    }
    for (const says of [...document.querySelectorAll('.empty')].filter(shown)) {
      const text = says.textContent.trim();
      const act = says.querySelector('a[href], button') ?? says.nextElementSibling?.matches('a[href], button, form, .row');
      if (text.length < 4) faults.push('an empty state without a sentence');
      if (!act && !says.hasAttribute('data-nothing-to-do')) faults.push(`an empty state without a next act: ${text.slice(0, 60)}`);
    }
    return faults;
  });
}
