// The page: a model folder and a photo from this device, the caption as it is written, and where the model looked.

/** @import { Answer, Request, Word } from '../protocol.js' */

/** @template {HTMLElement} T @param {string} selector @param {new () => T} type @returns {T} */
function find(selector, type) {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`${selector} is missing`);
  return element;
}

const model = find('#model', HTMLInputElement);
const photo = find('#photo', HTMLInputElement);
const status = find('#status', HTMLElement);
const figure = find('figure', HTMLElement);
const preview = find('#preview', HTMLImageElement);
const overlay = find('#overlay', HTMLElement);
const caption = find('#caption', HTMLElement);

const worker = new Worker(new URL('../worker.js', import.meta.url), { type: 'module' });
let job = 0;

/** @param {Request} request */
function ask(request) {
  worker.postMessage(request);
}

model.addEventListener('change', () => {
  if (!model.files?.length) return;
  photo.disabled = true;
  status.textContent = 'Loading the model…';
  ask({ type: 'load', files: [...model.files] });
});

photo.addEventListener('change', () => {
  const file = photo.files?.[0];
  if (!file) return;
  job += 1;
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(file);
  preview.alt = '';
  overlay.replaceChildren();
  caption.replaceChildren();
  figure.hidden = false;
  status.textContent = 'Looking…';
  delete status.dataset.code;
  ask({ type: 'caption', job, photo: file });
});

worker.addEventListener('message', ({ data }) => {
  /** @type {Answer} */
  const answer = data;
  if ('job' in answer && answer.job !== undefined && answer.job !== job) return;
  switch (answer.type) {
    case 'loading':
      status.textContent = `Loading the model: ${Math.floor((100 * answer.bytes) / answer.total)} %`;
      break;
    case 'loaded':
      status.textContent = 'Choose a photo.';
      photo.disabled = false;
      break;
    case 'words':
      caption.textContent = answer.words.map((word) => word.text).join(' ');
      break;
    case 'caption':
      status.textContent = 'Point at a word to see where the model looked.';
      preview.alt = answer.caption.text;
      caption.replaceChildren(...answer.caption.words.map(button));
      break;
    case 'error':
      status.textContent = answer.message;
      status.dataset.code = answer.code;
  }
});

worker.addEventListener('error', (event) => {
  status.textContent = `The captioner could not start: ${event.message}`;
});

/** @param {Word} word */
function button(word) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'word';
  element.textContent = word.text;
  for (const type of ['pointerenter', 'focus']) element.addEventListener(type, () => look(word));
  for (const type of ['pointerleave', 'blur']) element.addEventListener(type, () => overlay.replaceChildren());
  return element;
}

/** Lays a word's attention over the photo. @param {Word} word */
function look({ attention }) {
  if (!attention) return;
  const greatest = Math.max(...attention.flat());
  overlay.style.gridTemplate = `repeat(${attention.length}, 1fr) / repeat(${attention[0].length}, 1fr)`;
  overlay.replaceChildren(
    ...attention.flat().map((weight) => {
      const cell = document.createElement('span');
      cell.style.setProperty('--weight', String((0.75 * weight) / greatest));
      return cell;
    }),
  );
}
