// Nothing has to be pushed sideways on a phone, also with text twice as large (U3).

const WIDTHS = [320, 360, 390, 430];

export async function fits(page) {
  const before = page.viewportSize();
  const faults = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: before.height });
    faults.push(...(await overflow(page, `${width} px`)));
  }
  await page.setViewportSize({ width: 360, height: before.height });
  // Through the object model: a style element would be refused by the page's own policy.
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  faults.push(...(await overflow(page, '360 px with text at 200 %')));
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  await page.setViewportSize(before);
  return faults;
}

/** Names the elements that stick out, the innermost ones only. */
export function overflow(page, where) {
  return page.evaluate((where) => {
    const room = document.documentElement.clientWidth;
    const excess = document.documentElement.scrollWidth - room;
    if (excess <= 0) return [];
    const sticksOut = (element) => element.getBoundingClientRect().right > room + 0.5;
    const clipped = (element) => {
      for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
        if (getComputedStyle(box).overflowX !== 'visible') return true;
      }
      return false;
    };
    const culprits = [...document.body.querySelectorAll('*')].filter(
      (element) => sticksOut(element) && !clipped(element) && ![...element.children].some(sticksOut),
    );
    const named = culprits.slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
    return [`${where}: ${excess} px too wide: ${named.join(' · ')}`];
  }, where);
}
