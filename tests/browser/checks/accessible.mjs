// axe-core finds nothing, by the rules of WCAG 2.0 to 2.2, levels A and AA (U1).

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `rules`: only these of axe's rules, where nothing else can have changed since all were asked. */
export async function accessible(page, rules) {
  // A page is asked several times, on several screens: axe is brought in once. Through the debugger, as the page's own
  // policy would refuse the script.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const only = rules ? { type: 'rule', values: rules } : { type: 'tag', values: TAGS };
  // What passes is not told in full: that only costs time.
  return page.evaluate(ask, { runOnly: only, resultTypes: ['violations'] });
}

async function ask(options) {
  const { violations } = await window.axe.run(document, options);
  return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`));
}

/** What axe does not ask: a title, one first heading, a main part. */
export function structured(page) {
  return page.evaluate(() => {
    const faults = [];
    const count = (selector) => document.querySelectorAll(selector).length;
    if (!document.title.trim()) faults.push('the page has no title');
    if (count('h1') !== 1) faults.push(`${count('h1')} first headings (h1), 1 is right`);
    if (count('main') !== 1) faults.push(`${count('main')} main parts, 1 is right`);
    return faults;
  });
}
