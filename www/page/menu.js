// A button with a list of actions below it, which closes by itself.

import { find } from '../dom.js';

/** @param {HTMLElement} menu with a button that opens it, and `.items` @param {() => void} [onOpen] before it is shown */
export function watchMenu(menu, onOpen) {
  const button = find(menu, '[aria-expanded]', HTMLButtonElement);
  const items = find(menu, '.items', HTMLElement);
  /** @param {boolean} isOpen */
  const set = (isOpen) => {
    if (isOpen === !items.hidden) return;
    if (isOpen) onOpen?.();
    // Who works by keyboard stays at the button when the action goes away.
    if (!isOpen && items.contains(document.activeElement)) button.focus({ preventScroll: true });
    items.hidden = !isOpen;
    button.ariaExpanded = String(isOpen);
  };
  button.addEventListener('click', () => set(items.hidden));
  // Before the action, so that a dialog that it opens gives the keyboard back to the button.
  items.addEventListener(
    'click',
    (event) => {
      if (/** @type {Element} */ (event.target).closest('button:not(.stays)')) set(false);
    },
    { capture: true },
  );
  menu.addEventListener('keydown', (event) => {
    if (items.hidden) return;
    if (event.key === 'Escape') set(false);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(items, event.key === 'ArrowDown' ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (!menu.contains(/** @type {Node} */ (target))) set(false);
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(/** @type {Node} */ (relatedTarget))) set(false);
  });
}

/** @param {HTMLElement} items @param {number} by */
function step(items, by) {
  const buttons = [...items.querySelectorAll('button')].filter((button) => button.checkVisibility());
  const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  buttons.at(here < 0 ? (by > 0 ? 0 : -1) : (here + by) % buttons.length)?.focus();
}
