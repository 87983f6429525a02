// The stage on the whole screen, for a projector: words so large that the last row reads them.

/** @import { Album } from './album.js' */
/** @import { Photo } from './photo.js' */
/** @import { Stage } from './stage.js' */

import { find } from '../dom.js';

const element = find(document, '#stage', HTMLElement);

/** @param {Stage} stage @param {Album} album @param {(photo: Photo) => void} onLookInside @returns {() => void} begins it */
export function watchShowMode(stage, album, onLookInside) {
  const begin = () => {
    if (!stage.photo) return;
    element.classList.add('large');
    // Where the browser does not let it, the stage fills the window.
    element.requestFullscreen?.().catch(() => {});
    element.focus({ preventScroll: true });
  };
  const end = () => {
    if (!isLarge()) return;
    element.classList.remove('large');
    element.focus({ preventScroll: true });
    if (document.fullscreenElement) void document.exitFullscreen();
  };
  const isLarge = () => element.classList.contains('large');

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowRight: () => stage.step(1),
    ArrowLeft: () => stage.step(-1),
    ArrowDown: () => album.select(album.neighbour(1) ?? album.selected),
    ArrowUp: () => album.select(album.neighbour(-1) ?? album.selected),
    ' ': () => stage.play(),
    i: () => stage.photo && onLookInside(stage.photo),
    Escape: end,
  };
  document.addEventListener('fullscreenchange', () => !document.fullscreenElement && end());
  find(element, '.end-large', HTMLButtonElement).addEventListener('click', end);
  // Before the controls that the keys mean something to as well.
  window.addEventListener(
    'keydown',
    (event) => {
      const { key, target } = event;
      const isTyping = target instanceof Element && target.closest('input, select, textarea, dialog');
      // After a click beside its controls some browsers take the keyboard from a dialog.
      const isElsewhere = isTyping || document.querySelector('dialog:modal');
      if (event.altKey || event.ctrlKey || event.metaKey || isElsewhere) return;
      // It presses the button that has the keyboard.
      const isPress = key === ' ' && target instanceof Element && target.matches('button:not(.word)');
      if (key.toLowerCase() === 'f' && !isLarge() && stage.photo) begin();
      else if (!isLarge() || !keys[key] || isPress || isAsking()) return;
      else keys[key]();
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  album.addEventListener('select', () => !album.selected && end());
  return begin;
}

/** Whether the keys move a box over the photo. */
function isAsking() {
  return Boolean(element.querySelector('.asking'));
}
