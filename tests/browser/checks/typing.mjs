// What is written is not lost when the page is left before it was sent (U9): a form with something to type keeps a draft,
// or says with `data-unkept` that it is to be typed anew each time (passwords, codes that let somebody in).

/** Forms that keep no draft though they should, or keep one though they must not. That a draft comes back: `typing.test.mjs`. */
export function unkept(page) {
  return page.evaluate(() => {
    const typed = 'textarea, select, input:not([type=hidden], [type=file], [type=submit], [readonly])';
    const short = (form) => form.outerHTML.replace(/\s+/g, ' ').slice(0, 120);
    const forms = [...document.querySelectorAll('form[method=post]')];
    const lost = forms.filter((form) => !form.matches('[data-draft], [data-unkept], [enctype]') && form.querySelector(typed));
    const secret = forms.filter((form) => form.matches('[data-draft]') && form.querySelector('[type=password], [autocomplete=one-time-code]'));
    return [
      ...lost.map((form) => `words typed here are lost when the page is left: ${short(form)}`),
      ...secret.map((form) => `a secret is kept as a draft: ${short(form)}`),
    ];
  });
}
