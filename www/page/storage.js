// What the page remembers of a reader, and of the device, from one visit to the next.

const SPEEDS = 'sightline-speeds';
/** A median of so many is shown: the first caption takes longer, and so does one on a busy device. */
const KEPT_SPEEDS = 9;

/** @param {string} key */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    // Storage is forbidden.
    return null;
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden; it holds for this visit.
  }
}

/** How long captions took, in milliseconds, by model and device. @returns {Record<string, number[]>} */
export function speeds() {
  try {
    return JSON.parse(recall(SPEEDS) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {string} what model and device @param {number} milliseconds */
export function recordSpeed(what, milliseconds) {
  const all = speeds();
  all[what] = [...(all[what] ?? []), Math.round(milliseconds)].slice(-KEPT_SPEEDS);
  remember(SPEEDS, JSON.stringify(all));
}
