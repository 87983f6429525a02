// The page: loads the model, takes photos in, and keeps one card for each.

/** @import { NoticeCode, Progress } from '../protocol.js' */

import { Captioner, CaptionerError } from '../captioner.js';
import { find } from '../dom.js';
import { captionOptions } from './caption-settings.js';
import { csv, json, save } from './export.js';
import { showIntakeError, watchIntake } from './intake.js';
import { PhotoCard } from './photo-card.js';
import { cacheGpuFiles, registerServiceWorker } from './service-worker-client.js';
import { takeSharedPhotos } from './shared-photos.js';
import { currentLanguage, onLanguage, rememberLanguage, setLanguage, text, translate } from './text.js';

const MODEL = 'models/flickr8k-resnet50/';

const status = find(document, '#status', HTMLElement);
const retry = find(document, '#retry', HTMLButtonElement);
const progress = find(document, '#progress', HTMLProgressElement);
const notices = find(document, '#notices', HTMLElement);
const announcer = find(document, '#announcer', HTMLElement);
const list = find(document, '#cards', HTMLOListElement);
const tools = find(document, '#album-tools', HTMLElement);

/** Newest first. @type {PhotoCard[]} */
let cards = [];
/** What the status says, so that it can be said again in another language. */
let statusText = () => text('model.waiting');
/** @type {string | File[]} */
let model;
/** @type {Promise<Captioner>} */
let captioner;

/** @param {() => string} newText */
function setStatus(newText) {
  statusText = newText;
  status.textContent = newText();
}

/** Fetches the model that is wanted now, and replaces the one before. */
function loadModel() {
  const before = captioner;
  const parameters = new URLSearchParams(location.search);
  const device = /** @type {import('../protocol.js').Device | 'auto'} */ (parameters.get('device') ?? 'auto');
  notices.replaceChildren();
  progress.hidden = false;
  progress.value = 0;
  retry.hidden = true;
  delete status.dataset.code;
  status.removeAttribute('title');
  // Every step would be read out otherwise.
  status.ariaBusy = 'true';
  setStatus(() => text('model.waiting'));
  // What becomes of a model that another one replaced meanwhile is of no interest.
  const isCurrent = () => captioner === loading;
  const loading = Captioner.load({
    model,
    device,
    onProgress: (now) => isCurrent() && showProgress(now),
    onNotice: (code) => isCurrent() && showNotice(code),
  });
  captioner = loading;
  loading.then(
    (ready) => {
      if (!isCurrent()) return;
      progress.hidden = true;
      status.ariaBusy = null;
      document.documentElement.dataset.device = ready.device;
      if (ready.device === 'webgpu') void cacheGpuFiles();
      setStatus(() => {
        const { name, kind, hasAttention } = ready.about;
        const sentence = text('model.ready', { name, device: text(`device.${ready.device}`) });
        if (kind === 'classes') return `${sentence} ${text('model.classes')}`;
        return hasAttention ? sentence : `${sentence} ${text('model.blind')}`;
      });
      // Those that had no caption for want of a model.
      for (const card of cards.toReversed()) if (card.error?.code.startsWith('model-')) void card.write();
    },
    (error) => {
      if (!isCurrent()) return;
      progress.hidden = true;
      status.ariaBusy = null;
      const { code, message } = CaptionerError.from(error);
      status.dataset.code = code;
      setStatus(() => text(`error.${code}`));
      status.title = message;
      retry.hidden = false;
    },
  );
  // A model that is replaced has answered those who waited for it, or fails them.
  void before?.then(
    (old) => old.dispose(),
    () => {},
  );
}

/** @param {Progress} progress */
function showProgress({ loaded, total }) {
  progress.value = loaded / total;
  setStatus(() => currentLanguage().loadingStatus({ loaded, total }));
}

/** @param {NoticeCode} code */
function showNotice(code) {
  const item = document.createElement('li');
  item.dataset.text = `notice.${code}`;
  notices.append(item);
  translate(notices);
  // The device may be another one now.
  setStatus(statusText);
}

/** Said aloud to those who listen. @param {string} sentence */
function announce(sentence) {
  const line = document.createElement('p');
  line.textContent = sentence;
  announcer.replaceChildren(line);
}

/** @param {import('./intake.js').NamedPhoto[]} photos */
async function addPhotos(photos) {
  const context = { captioner: () => captioner, options: captionOptions, announce, onRemove: onCardRemoved };
  const taken = photos.map((photo) => new PhotoCard(photo, context));
  // In the order in which they came, so that none overtakes another.
  for (const card of taken) {
    await card.ready();
    cards = [card, ...cards];
    list.prepend(card.element);
    tools.hidden = false;
    void card.write();
  }
  taken[0]?.element.scrollIntoView({ block: 'nearest' });
}

/** @param {PhotoCard} card */
function onCardRemoved(card) {
  cards = cards.filter((other) => other !== card);
  if (cards.length) return;
  const isHere = tools.contains(document.activeElement);
  tools.hidden = true;
  if (isHere || document.activeElement === document.body) {
    find(document, '#choose', HTMLElement).focus({ preventScroll: true });
  }
}

/** In the order in which they came. */
function exportedPhotos() {
  return cards.toReversed().map(({ name, caption, error }) => ({
    name,
    caption,
    error: error && { code: error.code, message: error.message },
  }));
}

/** @param {string} selector @param {() => void} listener */
function onClick(selector, listener) {
  find(document, selector, HTMLButtonElement).addEventListener('click', listener);
}

onClick('#save-csv', () => save('captions.csv', new Blob([csv(exportedPhotos())], { type: 'text/csv' })));
onClick('#save-json', () => save('captions.json', new Blob([json(exportedPhotos())], { type: 'application/json' })));
onClick('#clear', () => {
  for (const card of cards) card.remove();
});
onClick('#retry', loadModel);

const localModel = find(document, '#local-model', HTMLInputElement);
localModel.addEventListener('change', () => {
  if (!localModel.files?.length) return;
  model = [...localModel.files];
  loadModel();
});

const language = find(document, '#language', HTMLSelectElement);
language.value = document.documentElement.lang;
language.addEventListener('change', () => {
  rememberLanguage(language.value);
  void setLanguage(language.value);
});
onLanguage(() => setStatus(statusText));

await setLanguage(language.value);
watchIntake((photos) => void addPhotos(photos));
model = new URL(new URLSearchParams(location.search).get('model') ?? MODEL, document.baseURI).href;
loadModel();
void takeSharedPhotos(
  (photos) => void addPhotos(photos),
  () => showIntakeError('intake.lost'),
);
void registerServiceWorker();
