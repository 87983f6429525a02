// Captions the photos that a reader chooses. The model is loaded with the first.

import { Captioner } from './sightline/captioner.js';

const choice = document.querySelector('input');
const said = document.querySelector('output');
let captioner;

choice.addEventListener('change', async () => {
  choice.disabled = true;
  try {
    captioner ??= await Captioner.load({
      model: 'model/',
      onProgress: ({ loaded, total }) =>
        (said.textContent = `The model is on its way: ${Math.floor((100 * loaded) / total)} %`),
    });
    const onWord = (_, words) => (said.textContent = words.map(({ text }) => text).join(' '));
    const { hedged } = await captioner.caption(choice.files[0], { onWord });
    said.textContent = hedged;
  } catch (error) {
    said.textContent = error.message;
  }
  choice.disabled = false;
});
