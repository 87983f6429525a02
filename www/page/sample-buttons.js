// The pictures that a visitor without one can try.

/** @import { NamedPhoto } from './photo-context.js' */

import { find } from '../dom.js';
import { showError } from './messages.js';
import { SAMPLES } from './samples.js';
import { onLanguage, text } from './text.js';

/** @param {(photos: NamedPhoto[]) => void} addPhotos */
export function offerSamples(addPhotos) {
  const buttons = SAMPLES.map((sample) => ({ sample, button: createButton(sample, addPhotos) }));
  find(document, '#samples .buttons', HTMLElement).replaceChildren(...buttons.map(({ button }) => button));
  const updateLanguage = () => {
    for (const { sample, button } of buttons) {
      const label = text('intake.sample', { name: text(`sample.${sample.name}`) });
      button.ariaLabel = sample.isWrong ? `${label} – ${text('intake.wrong')}` : label;
      const note = button.querySelector('span');
      if (note) note.textContent = text('intake.wrong');
    }
  };
  onLanguage(updateLanguage);
  updateLanguage();
}

/** @param {typeof SAMPLES[number]} sample @param {(photos: NamedPhoto[]) => void} addPhotos */
function createButton({ name, isWrong }, addPhotos) {
  const button = document.createElement('button');
  const image = document.createElement('img');
  image.src = addressOf(name);
  image.alt = '';
  button.type = 'button';
  button.className = 'sample';
  button.dataset.sample = name;
  button.append(image);
  if (isWrong) button.append(document.createElement('span'));
  button.addEventListener('click', async () => {
    const photo = await fetchSample(name);
    if (photo) addPhotos([photo]);
  });
  return button;
}

/** Nothing, and an error that is shown, where it cannot be had. @param {string} name @returns {Promise<NamedPhoto | undefined>} */
export async function fetchSample(name) {
  const response = await fetch(addressOf(name)).catch(() => undefined);
  if (response?.ok) return { blob: await response.blob(), name: text(`sample.${name}`), sample: name };
  showError('error.image-unreachable');
}

/** @param {string} name */
function addressOf(name) {
  return new URL(`./samples/${name}.jpg`, import.meta.url).href;
}
