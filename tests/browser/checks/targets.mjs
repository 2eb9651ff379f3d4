// What is tapped is as large as a fingertip and nothing lies on top of it (U2). A link inside a sentence may be as high
// as its line, which is the exception WCAG 2.5.8 makes as well.

const LEAST_PX = 48;
const LEAST_INLINE_PX = 24;

export function targets(page) {
  return page.evaluate(measure, { least: LEAST_PX, leastInline: LEAST_INLINE_PX });
}

function measure({ least, leastInline }) {
  const ACTS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=switch]';
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    // What a closed part hides has a box and cannot be tapped. A skip link waits outside the picture until it has the focus.
    return element.checkVisibility() && box.width > 1 && box.height > 1 && style.visibility === 'visible' && style.opacity !== '0' && box.right > 0 && box.bottom + scrollY > 0;
  };
  const isInSentence = (element) => {
    const around = element.parentElement.textContent.trim().length - element.textContent.trim().length;
    return getComputedStyle(element).display === 'inline' && around > 8;
  };
  // A tick box is tapped on its label as well.
  const tapped = (element) => (['checkbox', 'radio'].includes(element.type) && element.closest('label')) || element;
  const floats = (element) => {
    for (let box = element; box; box = box.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(box).position)) return true;
    }
    return false;
  };
  const name = (element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 110);
  const faults = [];
  const shown = [...new Set([...document.querySelectorAll(ACTS)].filter(isShown).map(tapped))];
  const boxes = shown.map((element) => ({ element, box: element.getBoundingClientRect(), inline: isInSentence(element) }));
  for (const { element, box, inline } of boxes) {
    const wanted = inline ? leastInline : least;
    const width = inline ? wanted : box.width;
    if (box.height < wanted - 0.5 || width < wanted - 0.5) {
      faults.push(`${Math.round(box.width)}×${Math.round(box.height)} px, ${wanted} at least: ${name(element)}`);
    }
  }
  const still = boxes.filter(({ element, inline }) => !inline && !floats(element));
  still.forEach((a, at) => {
    for (const b of still.slice(at + 1)) {
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      const nested = a.element.contains(b.element) || b.element.contains(a.element);
      if (wide > 1 && high > 1 && !nested) faults.push(`lies on top of another: ${name(a.element)} and ${name(b.element)}`);
    }
  });
  return faults;
}

/** The main act is where the thumb is, in the lower 40 % of the screen: what is marked `data-main`, or the dock's. */
export function mainActInReach(page) {
  return page.evaluate(() => {
    const dock = [...document.querySelectorAll('.dock')].find((it) => it.checkVisibility());
    const act = document.querySelector('[data-main]') ?? dock?.querySelector('.main') ?? dock?.querySelector('button, a');
    if (!act) return dock ? [`a dock without an act: ${dock.outerHTML.replace(/\s+/g, ' ').slice(0, 110)}`] : [];
    const box = act.getBoundingClientRect();
    const middle = (box.top + box.height / 2) / innerHeight;
    return middle >= 0.6 && middle <= 1 ? [] : [`the main act is at ${Math.round(middle * 100)} % of the screen's height, 60 to 100 % is in reach`];
  });
}
