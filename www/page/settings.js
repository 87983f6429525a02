// The settings: how captions are to be made, by which model, and in which language the page speaks.

/** @import { About, CaptionOptions } from '../protocol.js' */

import { find } from '../dom.js';

const dialog = find(document, '#settings', HTMLDialogElement);
const method = find(document, '#method', HTMLSelectElement);
const beams = find(document, '#beams', HTMLInputElement);
const temperature = find(document, '#temperature', HTMLInputElement);
const maxLength = find(document, '#max-words', HTMLInputElement);

/** Only what the method uses is there to be set. */
function showFields() {
  for (const [field, its] of /** @type {const} */ ([
    [beams, 'beam'],
    [temperature, 'sample'],
  ])) {
    const isUsed = method.value === its;
    for (const part of [field, ...(field.labels ?? [])]) part.hidden = !isUsed;
  }
}

/** @param {() => void} onOpen */
export function watchSettings(onOpen) {
  find(document, '#open-settings', HTMLButtonElement).addEventListener('click', () => {
    onOpen();
    dialog.showModal();
  });
  find(dialog, '.close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', ({ target, clientX, clientY }) => {
    // On what is around it.
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (target === dialog && !isInside) dialog.close();
  });
}

export function areSettingsOpen() {
  return dialog.open;
}

method.addEventListener('change', showFields);
showFields();

const language = find(document, '#language-field', HTMLElement);
const languageSection = find(document, '#language-section', HTMLElement);
const narrow = matchMedia('(width < 720px)');

/** The language stands at the top of the page where there is room for it. */
function placeLanguage() {
  languageSection.hidden = !narrow.matches;
  if (narrow.matches) languageSection.append(language);
  else find(document, '#open-settings', HTMLElement).before(language);
}

narrow.addEventListener('change', placeLanguage);
placeLanguage();

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
