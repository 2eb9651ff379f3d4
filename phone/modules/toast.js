// A line above the dock that says what was done and lets it be undone for ten seconds.

const SHOWN_MS = 10_000;
let timer;

export function toast(text, undo) {
  const box = document.getElementById('toast');
  if (!box) return;
  clearTimeout(timer);
  box.hidden = false;
  box.querySelector('p').textContent = text;
  const button = box.querySelector('button');
  button.hidden = !undo;
  button.onclick = () => {
    box.hidden = true;
    undo();
  };
  timer = setTimeout(() => { box.hidden = true; }, SHOWN_MS);
}
