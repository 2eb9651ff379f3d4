// axe-core finds nothing, by the rules of WCAG 2.0 to 2.2, levels A and AA (U1).

import { AxeBuilder } from '@axe-core/playwright';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function accessible(page) {
  // What passes is not told in full, and there are no frames, so no second page is opened to put the results together:
  // both only cost time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(TAGS).setLegacyMode();
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`),
  );
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
