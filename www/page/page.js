// The page: loads the model, takes photos in, and keeps one card for each.

/** @import { Device, NoticeCode, Progress } from '../protocol.js' */
/** @import { Active, Choice, Loading, ShippedModel } from './models.js' */

import { Captioner, CaptionerError } from '../captioner.js';
import { find } from '../dom.js';
import { captionOptions, showUsual } from './caption-settings.js';
import { csv, json, save } from './export.js';
import { showIntakeError, watchIntake } from './intake.js';
import { chooseModel, loadShippedModels, rememberChoice, shippedUrl } from './model-choice.js';
import { PhotoCard } from './photo-card.js';
import { cacheGpuFiles, registerServiceWorker } from './service-worker-client.js';
import { takeSharedPhotos } from './shared-photos.js';
import { recordSpeed } from './storage.js';
import { currentLanguage, onLanguage, rememberLanguage, setLanguage, text, translate } from './text.js';

const status = find(document, '#status', HTMLElement);
const retry = find(document, '#retry', HTMLButtonElement);
const progress = find(document, '#progress', HTMLProgressElement);
const choiceLine = find(document, '#choice', HTMLElement);
const models = find(document, '#models', HTMLDetailsElement);
const notices = find(document, '#notices', HTMLElement);
const announcer = find(document, '#announcer', HTMLElement);
const list = find(document, '#cards', HTMLOListElement);
const tools = find(document, '#album-tools', HTMLElement);

/** Newest first. @type {PhotoCard[]} */
let cards = [];
/** What the status says, so that it can be said again in another language. */
let statusText = () => text('model.waiting');
/** The model that is being loaded. @type {Loading | undefined} */
let pending;
/** The model that captions. @type {Active | undefined} */
let active;
/** The choice that was loaded last, whether it could be or not. @type {Choice | undefined} */
let latest;
/** What photos wait for. @type {Promise<Captioner>} */
let captioner;
/** Once somebody wanted to see it. @type {import('./model-list.js').ModelList | undefined} */
let modelList;
/** Those that the host has. @type {ShippedModel[]} */
let shipped = [];

/** @param {() => string} newText @param {CaptionerError} [error] that it tells */
function setStatus(newText, error) {
  statusText = newText;
  status.textContent = newText();
  retry.hidden = !error;
  status.removeAttribute('title');
  delete status.dataset.code;
  if (!error) return;
  status.title = error.message;
  status.dataset.code = error.code;
}

/** Loads a model. The one before captions until it is ready, and goes on where it cannot be had. @param {Choice} choice */
function loadModel(choice) {
  const device = /** @type {Device | 'auto'} */ (new URLSearchParams(location.search).get('device') ?? 'auto');
  pending?.controller.abort();
  const controller = new AbortController();
  /** @type {Loading} */
  const loading = { choice, controller };
  pending = loading;
  latest = choice;
  notices.replaceChildren();
  progress.hidden = false;
  progress.value = 0;
  // Every step would be read out otherwise.
  status.ariaBusy = 'true';
  setStatus(() => text('model.waiting'));
  const loaded = Captioner.load({
    model: choice.model,
    device,
    signal: controller.signal,
    onProgress: (now) => pending === loading && showProgress(now),
    onNotice: (code) => [pending, active].some((model) => model?.choice === choice) && showNotice(code),
  });
  if (!active) {
    captioner = loaded;
    // They waited for a model that is not loaded any more.
    rewrite((card) => card.isWorking);
  }
  loaded.then(
    (ready) => {
      if (pending !== loading) return ready.dispose();
      const before = active;
      active = { choice, captioner: ready };
      captioner = loaded;
      document.documentElement.dataset.device = ready.device;
      if (ready.device === 'webgpu') void cacheGpuFiles();
      rememberChoice(choice);
      endLoading();
      // Those that had no caption for want of a model, and those that the one before has not done.
      rewrite((card) => (before && card.isWorking) || card.error?.code.startsWith('model-'));
      before?.captioner.dispose();
    },
    (error) => {
      if (pending !== loading) return;
      const failure = CaptionerError.from(error);
      const name = active?.captioner.about.name;
      endLoading();
      setStatus(() => {
        const reason = text(`error.${failure.code}`);
        return name ? text('models.failed', { name: choice.name, current: name, reason }) : reason;
      }, failure);
    },
  );
  showChoice();
}

/** Nothing is being loaded any more; what captions says so. */
function endLoading() {
  pending = undefined;
  progress.hidden = true;
  status.ariaBusy = null;
  if (active) {
    setStatus(readyText);
    showUsual(active.captioner.about);
  }
  showChoice();
}

function readyText() {
  const { about, device } = /** @type {Active} */ (active).captioner;
  const sentence = text('model.ready', { name: about.name, device: text(`device.${device}`) });
  if (about.kind === 'classes') return `${sentence} ${text('model.classes')}`;
  return about.hasAttention ? sentence : `${sentence} ${text('model.blind')}`;
}

/** Says which model it is and why, and which others there are. */
function showChoice() {
  const { name, why, isAutomatic } = active?.choice ?? /** @type {Choice} */ (latest);
  // Where there is but one there was nothing to choose.
  choiceLine.textContent = isAutomatic && shipped.length < 2 ? '' : text(why, { name });
  if (models.open) void modelList?.update();
}

/** Stops loading. @param {Choice} [choice] of the model that captions */
function stay(choice) {
  pending?.controller.abort();
  if (choice && active) {
    rememberChoice(Object.assign(active.choice, choice));
  }
  endLoading();
}

/** @param {(card: PhotoCard) => boolean | undefined} isMeant */
function rewrite(isMeant) {
  for (const card of cards.toReversed()) if (isMeant(card)) void card.again();
}

/** @param {Captioner} used @param {number} milliseconds */
function onCaption({ device }, milliseconds) {
  const { name, model } = /** @type {Active} */ (active).choice;
  if (model === shippedUrl(name)) recordSpeed(`${name} ${device}`, milliseconds);
  if (models.open) void modelList?.update();
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
  status.textContent = statusText();
}

/** Said aloud to those who listen. @param {string} sentence */
function announce(sentence) {
  const line = document.createElement('p');
  line.textContent = sentence;
  announcer.replaceChildren(line);
}

/** @param {import('./intake.js').NamedPhoto[]} photos */
async function addPhotos(photos) {
  const context = { captioner: () => captioner, options: captionOptions, announce, onCaption, onRemove: onCardRemoved };
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
onClick('#retry', () => loadModel(/** @type {Choice} */ (latest)));
models.addEventListener('toggle', async () => {
  const { ModelList } = await import('./model-list.js');
  modelList ??= new ModelList({ shipped, state: () => ({ active, pending }), load: loadModel, stay });
  if (models.open) void modelList.update();
});

const localModel = find(document, '#local-model', HTMLInputElement);
localModel.addEventListener('change', () => {
  const files = [...(localModel.files ?? [])];
  if (!files.length) return;
  loadModel({ name: `${files[0].webkitRelativePath.split('/')[0]}/`, model: files, why: 'choice.local' });
  // So that the same folder can be chosen again.
  localModel.value = '';
});

const language = find(document, '#language', HTMLSelectElement);
language.value = document.documentElement.lang;
language.addEventListener('change', () => {
  rememberLanguage(language.value);
  void setLanguage(language.value);
});
onLanguage(() => {
  status.textContent = statusText();
  if (latest) showChoice();
});

[shipped] = await Promise.all([loadShippedModels(), setLanguage(language.value)]);
models.hidden = shipped.length < 2;
// The reader may have been quicker.
if (!latest) {
  captioner = chooseModel(shipped).then((choice) => {
    if (!latest) loadModel(choice);
    return captioner;
  });
  // The status tells of it.
  captioner.catch(() => {});
}
watchIntake((photos) => void addPhotos(photos));
void takeSharedPhotos(
  (photos) => void addPhotos(photos),
  () => showIntakeError('intake.lost'),
);
void registerServiceWorker();
