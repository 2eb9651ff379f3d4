// What is written is not lost when the page is left before it was sent (U9): a form that asks for words keeps a draft.

/** Forms with room for words that keep none. That a draft comes back is tried in `offline.test.mjs`. */
export function unkept(page) {
  return page.evaluate(() => {
    const forms = [...document.querySelectorAll('form[method=post]:not([data-draft])')].filter((form) => form.querySelector('textarea'));
    return forms.map((form) => `words typed here are lost when the page is left: ${form.outerHTML.replace(/\s+/g, ' ').slice(0, 120)}`);
  });
}
