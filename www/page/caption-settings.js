// How captions are to be made, as the reader set it.

/** @import { About, CaptionOptions } from '../protocol.js' */

import { find } from '../dom.js';

const method = find(document, '#method', HTMLSelectElement);
const beams = find(document, '#beams', HTMLInputElement);
const temperature = find(document, '#temperature', HTMLInputElement);
const maxLength = find(document, '#max-words', HTMLInputElement);

/** Only what the method uses can be set. */
function showFields() {
  beams.disabled = method.value !== 'beam';
  temperature.disabled = method.value !== 'sample';
}

method.addEventListener('change', showFields);
showFields();

/** What an empty field stands for. @param {About} about */
export function showUsual({ usualBeams }) {
  beams.placeholder = String(usualBeams);
}

/** @returns {CaptionOptions} */
export function captionOptions() {
  const maxWords = clampedValue(maxLength);
  switch (method.value) {
    case 'greedy':
      return { maxWords, beams: 1 };
    case 'sample':
      // Another caption each time.
      return { maxWords, temperature: clampedValue(temperature), seed: Math.floor(Math.random() * 2 ** 32) };
    default:
      return beams.value ? { maxWords, beams: clampedValue(beams) } : { maxWords };
  }
}

/** The number of a field, or the nearest one that is possible. @param {HTMLInputElement} field */
function clampedValue(field) {
  const { min, max, defaultValue } = field;
  const value = Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : Number(defaultValue);
  const step = field.step || '1';
  const rounded = Number(step) >= 1 ? Math.round(value) : value;
  return Math.min(Math.max(rounded, Number(min)), Number(max));
}
