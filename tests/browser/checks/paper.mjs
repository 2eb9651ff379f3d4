// The page prints on A4: nothing cut at the right, no navigation on paper, its pages are numbered and its rows kept whole;
// what has a button for printing carries a code that leads back to it (U16).

import { overflow } from './fits.mjs';

/** 210 mm less 10 mm on each side, in CSS pixels. */
const A4_WIDTH_PX = 718;

export async function paper(page) {
  const before = page.viewportSize();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: A4_WIDTH_PX, height: 1000 });
  const faults = [...(await overflow(page, 'on A4')), ...(await page.evaluate(onPaper))];
  await page.emulateMedia({ media: null });
  await page.setViewportSize(before);
  return faults;
}

/** The sheets themselves: how many the page becomes. */
export async function sheets(page) {
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;
}

function onPaper() {
  const faults = [];
  const nav = [...document.querySelectorAll('nav')].find((element) => element.checkVisibility());
  if (nav) faults.push('the navigation is printed');
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const inside = (rule) => [rule, ...(rule.cssRules ? [...rule.cssRules].flatMap(inside) : [])];
  if (!rules.flatMap(inside).some((rule) => /counter\(pages\)/.test(rule.cssText))) faults.push('sheets without "page n of m"');
  const row = [...document.querySelectorAll('tbody tr')].find((element) => getComputedStyle(element).breakInside !== 'avoid');
  if (row) faults.push(`a row may be cut between two sheets: ${row.textContent.trim().slice(0, 40)}`);
  const code = [...document.querySelectorAll('.qr svg')].find((element) => element.checkVisibility());
  if (document.querySelector('[data-print]') && !code) faults.push('a sheet with no code that leads back to its page');
  return faults;
}
