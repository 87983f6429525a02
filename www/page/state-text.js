// What the stage says of a photo in place of its caption, or while there is none yet.

/** @import { Photo } from './photo.js' */

import { text } from './text.js';

/** @param {string} state */
export function workText(state) {
  return text(state === 'writing' ? 'caption.telling' : 'caption.looking');
}

/** What is said in place of a caption. @param {Photo} photo */
export function stateText({ state, error, isUnfamiliar, isClass, model }) {
  if (isUnfamiliar) return text('caption.unfamiliar');
  if (state === 'stopped') return text('row.stopped');
  if (error) return text(`error.${error.code}`);
  if (isClass) return text('caption.classes');
  return model && !model.hasAttention ? text('stage.blind') : '';
}
