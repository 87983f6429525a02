// From a photo to its caption, one step after the other: come into view, fetch the photo, without which no model is
// needed, ask for permission, load the model, write. An AbortSignal ends it at any of them.

/** @import { Caption } from '../protocol.js' */
/** @import { SharedModel } from './shared-model.js' */
/** @import { CaptionTask, TaskState } from './states.js' */

/** How far outside of what is seen an element counts as coming into view. */
const VISIBLE_MARGIN = '200px';

/**
 * @param {HTMLElement} element
 * @param {CaptionTask} task
 * @param {(state: TaskState) => void} onState
 * @param {AbortSignal} signal
 * @returns {Promise<Caption>}
 */
export async function runCaptionTask(element, { fetchPhoto, model, beams, prefix, isLazy, mayStart }, onState, signal) {
  if (isLazy) await untilVisible(element, signal);
  const photo = await fetchPhoto(signal);
  signal.throwIfAborted();
  if (!mayStart) await askToStart(model, onState, signal);
  const captioner = await loadModel(model, onState, signal);
  signal.throwIfAborted();
  onState({ stage: 'looking' });
  return captioner.caption(photo, {
    ...(beams !== undefined && { beams }),
    ...(prefix && { prefix }),
    signal,
    onWord: (word, words) => onState({ stage: 'writing', word, words }),
  });
}

/**
 * Resolves when the reader starts it.
 * @param {SharedModel} model
 * @param {(state: TaskState) => void} onState
 * @param {AbortSignal} signal
 */
async function askToStart(model, onState, signal) {
  /** @type {PromiseWithResolvers<void>} */
  const { promise, resolve } = Promise.withResolvers();
  const ask = async () => {
    const bytes = await model.size();
    if (!signal.aborted) onState({ stage: 'asking', bytes, onStart: resolve });
  };
  await ask();
  // Another element may have fetched it meanwhile.
  model.addEventListener('ready', ask, { signal });
  await promise;
  model.removeEventListener('ready', ask);
}

/** @param {SharedModel} model @param {(state: TaskState) => void} onState @param {AbortSignal} signal */
async function loadModel(model, onState, signal) {
  const show = () => onState({ stage: 'loading', progress: model.progress });
  model.addEventListener('progress', show, { signal });
  show();
  try {
    return await model.captioner();
  } finally {
    model.removeEventListener('progress', show);
  }
}

/** @param {HTMLElement} element @param {AbortSignal} signal @returns {Promise<void>} */
function untilVisible(element, signal) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
      },
      { rootMargin: VISIBLE_MARGIN },
    );
    const seen = () => {
      observer.disconnect();
      resolve();
    };
    observer.observe(element);
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  });
}
