// Which lines and controls stand beside the photo on the stage, by how far it is.

/** @import { Caption } from '../protocol.js' */
/** @import { Photo } from './photo.js' */

import { find } from '../dom.js';
import { isPermanent } from '../errors.js';
import { showClasses } from '../view/class-list.js';
import { currentLanguage, text } from './text.js';

const stage = find(document, '#stage', HTMLElement);

/**
 * @param {Photo} photo
 * @param {boolean} isDone it was written, and the eye has followed
 * @param {string} waiting what is waited for, such as a model on its way
 */
export function showState(photo, isDone, waiting) {
  const { state, error, first, chosenWord, isClass, isUnfamiliar } = photo;
  const caption = isDone ? photo.shownCaption : undefined;
  const isSentence = Boolean(caption) && !isClass;
  const sees = Boolean(caption?.words.some(({ attention }) => attention));
  stage.classList.toggle('working', !isDone);
  stage.classList.toggle('failed', state === 'failed');
  stage.classList.toggle('sees', sees);
  find(stage, '.photo img', HTMLImageElement).alt =
    caption || (isDone && isUnfamiliar) ? /** @type {Caption} */ (photo.caption).hedged : '';
  set('.waiting-text', state === 'waiting' ? waiting || text('row.waiting') : workText(state));
  set('.state', isDone ? stateText(photo) : '', error?.message);
  if (caption && isClass) showClasses(find(stage, '.classes', HTMLElement), caption, currentLanguage());
  set('.hedge', isSentence ? text(`hedge.${caption?.sureness}`) : '');
  set('.sureness', isSentence ? text(`caption.${caption?.sureness}`) : '');
  set('.chosen-line', chosenWord ? text('stage.from-word', { word: chosenWord.text }) : text('stage.other-sentence'));
  /** @type {Record<string, boolean>} */
  const shown = {
    '.waiting': !isDone,
    '.again': isDone && (state === 'stopped' || (error !== undefined && !isPermanent(error))),
    '.any-photo': isDone && isUnfamiliar,
    '.chosen': isDone && Boolean(first),
    '.classes': Boolean(caption) && isClass,
    '.word-panel': isSentence || !isDone,
    '.actions': Boolean(caption),
    '.play': sees,
  };
  for (const [selector, isShown] of Object.entries(shown)) find(stage, selector, HTMLElement).hidden = !isShown;
  showPart(photo);
}

/** The part that was asked about, and what is in it. @param {Photo} photo */
function showPart({ part, isClass }) {
  const caption = part?.caption;
  find(stage, '.part', HTMLElement).hidden = !part;
  set('.part-answer', caption ? (isClass ? caption.text : caption.hedged) : part ? text('caption.looking') : '');
  find(stage, '.part-answer', HTMLElement).lang = caption ? 'en' : '';
}

/** @param {string} selector @param {string} words @param {string} [detail] for those who report a fault */
function set(selector, words, detail = '') {
  const line = find(stage, selector, HTMLElement);
  line.textContent = words;
  line.title = detail;
}

/** @param {string} state */
function workText(state) {
  return text(state === 'looking' ? 'caption.looking' : 'caption.telling');
}

/** What is said in place of a caption. @param {Photo} photo */
function stateText({ state, failure, isUnfamiliar, isClass, model }) {
  if (isUnfamiliar) return text('caption.unfamiliar');
  if (state === 'stopped') return text('row.stopped');
  if (state === 'failed') return text(failure);
  if (isClass) return text('caption.classes');
  return model && !model.hasAttention ? text('stage.blind') : '';
}
