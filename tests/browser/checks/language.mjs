// The page speaks one language, completely, and sets Chinese as Chinese is set (U18, U19).

/** What stays as it is in every language: names of products, of formats and of a few machines. */
const NAMES = new Set(
  `Muster CSV XLSX GeoJSON JSON API OpenAPI SMS WeCom DingTalk HTTP HTTPS SMTP URL CAP QR WGS GCJ GPS PDF UTF GB18030 SQLite
  PostgreSQL Excel English Prometheus iCalendar OIDC PIN`.split(/\s+/),
);

export async function language(page, wanted) {
  const faults = await page.evaluate(missing);
  const said = await page.evaluate(() => document.documentElement.lang);
  if (said !== wanted) faults.push(`lang="${said}", ${wanted} was asked for`);
  if (wanted !== 'zh-CN') return faults;
  const { words, codes } = await page.evaluate(latin);
  const foreign = words.filter((word) => !NAMES.has(word));
  if (foreign.length) faults.push(`English on a Chinese page: ${[...new Set(foreign)].slice(0, 8).join(', ')}`);
  if (codes.length) faults.push(`a name for programs on a Chinese page: ${[...new Set(codes)].slice(0, 8).join(', ')}`);
  return [...faults, ...(await page.evaluate(setting))];
}

/** The marks of a word that no file defines, and of a value that a template could not write. */
function missing() {
  const text = document.documentElement.outerHTML;
  const marks = [...text.matchAll(/⟦[^⟧]*⟧|\{\{|\bundefined\b|\bNaN\b|\[object Object\]/g)].map(([mark]) => mark);
  return [...new Set(marks)].map((mark) => `a word is missing: ${mark}`);
}

/**
 * Latin words in what is shown and in what is read aloud, without codes, addresses and what is marked as another language;
 * and what only programs call so: ids and names like `queue_marshal`.
 */
function latin() {
  const apart = 'script, style, code, kbd, samp, textarea, [translate=no], [lang]:not(html):not([lang^=zh])';
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest(`${apart}, svg`) && node.parentElement.checkVisibility()) texts.push(node.data);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    if (element.closest(apart)) continue;
    texts.push(...['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? ''));
  }
  const found = { words: [], codes: [] };
  for (const text of texts) {
    found.codes.push(...(text.match(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?<![\w/.@-])[a-z]+(_[a-z]+)+(?![\w/.@-])/g) ?? []));
    found.words.push(...(text.replace(/[!-~]*[@/:_\d][!-~]*/g, ' ').match(/[A-Za-z][A-Za-z'-]{2,}/g) ?? []));
  }
  return found;
}

/** Size, leading, no stretched lines, no slanted characters, figures of one width, a clock of 24 hours. */
function setting() {
  const faults = new Set();
  const han = /\p{Script=Han}/u;
  const body = getComputedStyle(document.body);
  if (parseFloat(body.fontSize) < 16) faults.add(`text of ${body.fontSize}, 16px at least`);
  if (document.fonts.size > 0) faults.add('a web font is declared');
  for (const element of document.querySelectorAll('p, li, td, dd, label, em, i, cite, address, h1, h2, h3, time')) {
    if (!han.test(element.textContent) || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const leading = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
    const name = element.outerHTML.slice(0, 80);
    if (style.fontStyle !== 'normal') faults.add(`slanted Chinese: ${name}`);
    if (style.textAlign === 'justify') faults.add(`stretched lines: ${name}`);
    if (/^(P|LI|DD|TD)$/.test(element.tagName) && leading < 1.5) faults.add(`line height ${leading.toFixed(2)}, 1.5 at least: ${name}`);
  }
  for (const cell of document.querySelectorAll('td, th, time, output, meter, [data-number]')) {
    const isNumber = /^[\s\d.,:%/+-]*\d[\s\d.,:%/+-]*$/.test(cell.textContent);
    if (isNumber && !getComputedStyle(cell).fontVariantNumeric.includes('tabular-nums')) faults.add(`figures of unequal width: ${cell.outerHTML.slice(0, 80)}`);
  }
  if (/(?<![\w-])\d{1,2}([:.]\d\d)?\s*[ap]m\b|[上下]午\s*\d{1,2}[:点]/i.test(document.body.innerText)) faults.add('a clock of 12 hours');
  return [...faults].slice(0, 8);
}
