// From a photo to its caption, one step after the other: come into view, ask for leave, load the model, write. An AbortSignal
// ends it at any of them.

/** @import { PhotoSource } from '../photo-source.js' */
/** @import { Caption, Progress, Word } from '../protocol.js' */
/** @import { SharedModel } from './shared-model.js' */

/**
 * @typedef {object} Order
 * @property {PhotoSource} photo
 * @property {SharedModel} model
 * @property {number} [beams]
 * @property {string[]} [prefix]
 * @property {boolean} isLazy waits until the element comes into view
 * @property {boolean} isFree asks for no leave
 */

/**
 * What is done now, and what there is to tell about it.
 * @typedef {{ stage: 'asking', bytes: number, onStart: () => void }
 *   | { stage: 'loading', progress?: Progress }
 *   | { stage: 'looking' }
 *   | { stage: 'writing', word: Word, words: Word[] }} Step
 */

/** How far outside of what is seen an element counts as coming into view. */
const MARGIN = '200px';

/**
 * @param {HTMLElement} element @param {Order} order @param {(step: Step) => void} tell @param {AbortSignal} signal
 * @returns {Promise<Caption>}
 */
export async function captionPhoto(element, { photo, model, beams, prefix, isLazy, isFree }, tell, signal) {
  if (isLazy) await inView(element, signal);
  if (!isFree) await leave(model, tell, signal);
  const captioner = await load(model, tell, signal);
  signal.throwIfAborted();
  tell({ stage: 'looking' });
  return captioner.caption(photo, {
    ...(beams !== undefined && { beams }),
    ...(prefix && { prefix }),
    signal,
    onWord: (word, words) => tell({ stage: 'writing', word, words }),
  });
}

/** Resolves when the reader starts it. @param {SharedModel} model @param {(step: Step) => void} tell @param {AbortSignal} signal */
async function leave(model, tell, signal) {
  /** @type {PromiseWithResolvers<void>} */
  const { promise, resolve } = Promise.withResolvers();
  const ask = async () => {
    const bytes = await model.size();
    if (!signal.aborted) tell({ stage: 'asking', bytes, onStart: resolve });
  };
  await ask();
  // Another element may have fetched it meanwhile.
  model.addEventListener('ready', ask, { signal });
  await promise;
  model.removeEventListener('ready', ask);
}

/** @param {SharedModel} model @param {(step: Step) => void} tell @param {AbortSignal} signal */
async function load(model, tell, signal) {
  const show = () => tell({ stage: 'loading', progress: model.progress });
  model.addEventListener('progress', show, { signal });
  show();
  try {
    return await model.captioner();
  } finally {
    model.removeEventListener('progress', show);
  }
}

/** @param {HTMLElement} element @param {AbortSignal} signal @returns {Promise<void>} */
function inView(element, signal) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
      },
      { rootMargin: MARGIN },
    );
    const seen = () => {
      observer.disconnect();
      resolve();
    };
    observer.observe(element);
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  });
}
