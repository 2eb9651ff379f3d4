// States are told by word, shape and colour, and every text stays readable for people who see fewer colours, and on paper
// from a grey printer (U15).
// Colours are computed as Machado, Oliveira and Fernandes (2009) model full protanopia, deuteranopia and tritanopia;
// the contrast is that of WCAG 2.

const SEEN_AS = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  'a grey printer': [0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722],
};

export async function colour(page) {
  const texts = await page.evaluate(textsOnColours);
  const faults = new Set(await page.evaluate(unspokenStates));
  for (const { text, ink, ground, isLarge } of texts) {
    for (const [name, matrix] of Object.entries(SEEN_AS)) {
      const ratio = contrast(seen(ink, matrix), seen(ground, matrix));
      if (ratio < (isLarge ? 3 : 4.5)) faults.add(`contrast ${ratio.toFixed(2)} with ${name}: "${text}" rgb(${ink}) on rgb(${ground})`);
    }
  }
  return [...faults].slice(0, 8);
}

/** A state that is only a coloured dot, and two states that only their colours tell apart. */
function unspokenStates() {
  const states = [...document.querySelectorAll('.tag, [data-state]')].filter((element) => element.checkVisibility() && !element.closest('svg'));
  const wordless = states.filter((element) => !element.textContent.trim() && !element.getAttribute('aria-label'));
  const faults = wordless.map((element) => `a state without a word: ${element.outerHTML.slice(0, 100)}`);
  const groundOf = new Map();
  for (const element of states) {
    const shape = getComputedStyle(element, '::before').content;
    const ground = getComputedStyle(element).backgroundColor;
    if (groundOf.has(shape) && groundOf.get(shape) !== ground) faults.push(`a colour without a shape of its own: ${element.outerHTML.slice(0, 100)}`);
    groundOf.set(shape, ground);
  }
  return faults;
}

function textsOnColours() {
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const hasOwnText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const groundOf = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.backgroundImage !== 'none' || !style.backgroundColor.startsWith('rgb')) return null;
      const [r, g, b, alpha = 1] = parse(style.backgroundColor);
      if (alpha === 1) return [r, g, b];
      if (alpha > 0) return null;
    }
    return [255, 255, 255];
  };
  const kinds = new Map();
  for (const element of document.body.querySelectorAll('*')) {
    if (!hasOwnText(element) || !element.checkVisibility() || element.closest('svg, [disabled], [aria-disabled=true]')) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [r, g, b, alpha = 1] = parse(style.color);
    if (!ground || alpha < 1 || !style.color.startsWith('rgb')) continue;
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    kinds.set([r, g, b, ground, isLarge].join(), { text: element.textContent.trim().slice(0, 30), ink: [r, g, b], ground, isLarge });
  }
  return [...kinds.values()];
}

const linear = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);

/** Linear light as the person sees it. */
function seen(rgb, m) {
  const [r, g, b] = rgb.map((channel) => linear(channel / 255));
  const row = (at) => Math.min(1, Math.max(0, m[at] * r + m[at + 1] * g + m[at + 2] * b));
  return [row(0), row(3), row(6)];
}

function contrast(a, b) {
  const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
