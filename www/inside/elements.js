// Elements that cards are made of, by script.

/** @param {string} label @param {() => void} onClick */
export function button(label, onClick) {
  const element = make('button', '', label);
  element.addEventListener('click', onClick);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} className @param {string} [text]
 */
export function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  if (element instanceof HTMLButtonElement) element.type = 'button';
  return element;
}
