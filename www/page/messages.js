// Short messages at the foot of the page: what went wrong, and what was removed, with the way back.

import { find } from '../dom.js';
import { number, onLanguage, text } from './text.js';

/** How long something that was removed can be had back, in milliseconds. */
const UNDO_TIME = 6000;

const errorBar = find(document, '#error-bar', HTMLElement);
const errorLine = find(document, '#intake-error', HTMLElement);
const undoBar = find(document, '#undo .message', HTMLElement);
const undoLine = find(undoBar, 'p', HTMLElement);

/** What the error's text has places for. @type {Record<string, string>} */
let errorValues = {};
/** @type {{ count: number, onUndo: () => void, onEnd: () => void } | undefined} */
let removal;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Says what is wrong; nothing, if nothing is. @param {string} [key] of a text @param {Record<string, string>} [values] */
export function showError(key = '', values = {}) {
  errorLine.dataset.error = key;
  errorValues = values;
  errorLine.textContent = key && text(key, values);
  errorBar.hidden = !key;
}

/**
 * @param {number} count of photos that were removed
 * @param {() => void} onUndo
 * @param {() => void} onEnd they cannot be had back any more
 */
export function offerUndo(count, onUndo, onEnd) {
  endUndo();
  removal = { count, onUndo, onEnd };
  showRemoval();
  undoBar.hidden = false;
  timer = setTimeout(endUndo, UNDO_TIME);
}

function showRemoval() {
  if (removal) undoLine.textContent = text('undo.removed', { count: number(removal.count) });
}

function endUndo() {
  clearTimeout(timer);
  undoBar.hidden = true;
  const ended = removal;
  removal = undefined;
  ended?.onEnd();
}

// Who is about to take it back has the time to do so.
for (const type of ['pointerenter', 'focusin']) undoBar.addEventListener(type, () => clearTimeout(timer));
for (const type of ['pointerleave', 'focusout']) {
  undoBar.addEventListener(type, () => {
    clearTimeout(timer);
    timer = setTimeout(endUndo, UNDO_TIME);
  });
}
find(undoBar, 'button', HTMLButtonElement).addEventListener('click', () => {
  const undone = removal;
  removal = undefined;
  endUndo();
  undone?.onUndo();
});
find(errorBar, 'button', HTMLButtonElement).addEventListener('click', () => showError());
onLanguage(() => {
  showError(errorLine.dataset.error, errorValues);
  showRemoval();
});
