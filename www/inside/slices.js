// Long work in slices, between which the page answers the reader.

/** Milliseconds of a slice. */
const SLICE = 12;

/** @template T @param {Iterable<T>} items @param {(item: T) => void} act @param {AbortSignal} signal */
export async function inSlices(items, act, signal) {
  let begin = performance.now();
  for (const item of items) {
    if (performance.now() - begin > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      begin = performance.now();
    }
    if (signal.aborted) return;
    act(item);
  }
}

/** When what was changed has been drawn, or at once where nobody sees it. @returns {Promise<void>} */
export function drawn() {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
