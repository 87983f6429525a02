// The page: the model, the photos, the stage, and what goes on between them.

/** @import { Captioner } from '../captioner.js' */
/** @import { Choice, ShippedModel } from './models.js' */
/** @import { NamedPhoto } from './photo-context.js' */

import { find } from '../dom.js';
import { save } from '../view/save.js';
import { Album } from './album.js';
import { deviceOf, totalTime } from './effort.js';
import { showExample } from './example.js';
import { csv, json } from './export.js';
import { watchIntake } from './intake.js';
import { watchMenu } from './menu.js';
import { offerUndo, showError } from './messages.js';
import { chooseModel, loadShippedModels, savesData, shippedUrl } from './model-choice.js';
import { ModelLoader } from './model-loader.js';
import { ModelStatus } from './model-status.js';
import { Photo } from './photo.js';
import { Queue } from './queue.js';
import { Rail } from './rail.js';
import { cacheGpuFiles, registerServiceWorker } from './service-worker-client.js';
import { areSettingsOpen, captionOptions, showUsual, watchSettings } from './settings.js';
import { takeSharedPhotos } from './shared-photos.js';
import { watchShowMode } from './show-mode.js';
import { Stage } from './stage.js';
import { watchStageMenu } from './stage-menu.js';
import { recordSpeed } from './storage.js';
import { number, onLanguage, rememberLanguage, setLanguage, text } from './text.js';
import { isNarrow, openList, openStage } from './view.js';

const announcer = find(document, '#announcer', HTMLElement);
const back = find(document, '#back', HTMLButtonElement);
const place = find(back, '#place', HTMLElement);

const album = new Album();
const loader = new ModelLoader({
  onChange(failure) {
    status.show(failure);
    stage.setWaiting(() => (loader.active ? '' : status.text()));
    if (areSettingsOpen()) void modelList?.update();
  },
  onReady(captioner, isReplacement) {
    showDevice(captioner);
    showUsual(captioner.about);
    // Those that had no caption for want of a model, and those that the one before has not done.
    if (isReplacement) void looking?.then((look) => look.close());
    captionAgain((photo) => (isReplacement && photo.isWorking) || photo.error?.code.startsWith('model-'));
  },
  onReplaced: () => captionAgain((photo) => photo.isWorking),
  onNotice(choice, code) {
    status.showNotice(choice, code);
    if (loader.active) showDevice(loader.active.captioner);
  },
});
const status = new ModelStatus(loader);
const rail = new Rail(album, { remove: removePhotos, onOpen: openStage });
const stage = new Stage(album, { onSwipe: (step) => album.select(album.neighbour(step) ?? album.selected) });
const queue = new Queue(album);
/** Once somebody wanted to see it. @type {import('./model-list.js').ModelList | undefined} */
let modelList;
/** Those that the host has. @type {Promise<ShippedModel[]>} */
const shippedModels = loadShippedModels();
/** @type {ShippedModel[]} */
let shipped = [];
/** Ends the walk of the example. @type {Promise<() => void>} */
let example;

/** @type {import('./photo-context.js').PhotoContext} */
const context = {
  captioner: () => loader.captioner(),
  options: captionOptions,
  onCaption(caption) {
    const { name, model } = /** @type {import('./models.js').Active} */ (loader.active).choice;
    if (model === shippedUrl(name)) recordSpeed(`${name} ${deviceOf(caption)}`, totalTime(caption));
    if (areSettingsOpen()) void modelList?.update();
  },
  onError: ({ code }) => showError(`error.${code}`),
};

/** What computes, and what is kept for a visit without a network because of that. @param {Captioner} captioner */
function showDevice({ device }) {
  document.documentElement.dataset.device = device;
  if (device === 'webgpu') void cacheGpuFiles();
  if (areSettingsOpen()) void modelList?.update();
}

/** @param {(photo: Photo) => boolean | undefined} isMeant */
function captionAgain(isMeant) {
  for (const photo of album.photos) if (isMeant(photo)) void photo.write();
}

/** @param {NamedPhoto[]} files */
function addPhotos(files) {
  const photos = files.map((file) => new Photo(file, context));
  for (const photo of photos) photo.addEventListener('outcome', () => announceOutcome(photo));
  album.add(photos);
  if (photos.length === 1 || !isNarrow()) openStage();
  else openList();
  keepFocus();
  // In the order in which they came.
  for (const photo of photos) void photo.write();
  return photos;
}

/** Said aloud to those who listen. @param {string} sentence */
function announce(sentence) {
  const line = document.createElement('p');
  line.textContent = sentence;
  announcer.replaceChildren(line);
}

/** What came of a photo; the sentence first, for names may be long. @param {Photo} photo */
function announceOutcome({ state, name, caption, part, failure, isUnfamiliar }) {
  if (state === 'failed') announce(text('page.failed', { name, reason: text(failure) }));
  if (state !== 'done' || !caption) return;
  if (part?.caption) return announce(`${text('stage.part')} ${part.caption.hedged}`);
  announce(text('page.announce', { name, text: isUnfamiliar ? text('caption.unfamiliar') : caption.hedged }));
}

/** @param {Photo[]} photos */
function removePhotos(photos) {
  const restore = album.remove(photos);
  const undo = () => {
    restore();
    keepFocus();
  };
  offerUndo(photos.length, undo, () => {
    for (const photo of photos) if (!album.photos.includes(photo)) photo.dispose();
  });
}

/** How many photos there are, and which is looked at. */
function showAlbum() {
  const { photos, selected } = album;
  document.body.dataset.photos = photos.length > 1 ? 'many' : photos.length ? 'one' : 'none';
  place.textContent = text('page.place', {
    place: number(photos.indexOf(/** @type {Photo} */ (selected)) + 1),
    count: number(photos.length),
  });
  if (photos.length) void example.then((end) => end());
}

function exportedPhotos() {
  return album.photos.map(({ name, caption, error }) => ({
    name,
    caption,
    error: error && { code: error.code, message: error.message },
  }));
}

/** Whether the control that was used is gone. */
function isFocusLost() {
  const { activeElement, body } = document;
  return activeElement === body || !activeElement?.checkVisibility();
}

/** Who works by keyboard goes on with the photo where the control that was used is gone. */
function keepFocus() {
  if (isFocusLost()) find(document, '#stage', HTMLElement).focus({ preventScroll: true });
}

/** @param {string} selector @param {() => void} listener */
function onClick(selector, listener) {
  find(document, selector, HTMLButtonElement).addEventListener('click', listener);
}

for (const type of ['add', 'remove', 'select']) album.addEventListener(type, showAlbum);
album.addEventListener('remove', () => {
  if (album.photos.length) return;
  openList();
  const choose = [...document.querySelectorAll('.choose')].find((button) => button.checkVisibility());
  if (isFocusLost()) /** @type {HTMLElement | undefined} */ (choose)?.focus({ preventScroll: true });
});
watchMenu(find(document, '#save-menu', HTMLElement));
watchMenu(find(document, '#add-menu', HTMLElement));
/** Fetched when somebody first looks. @type {Promise<import('./look-inside.js').LookInside> | undefined} */
let looking;

function lookInside() {
  looking ??= import('./look-inside.js').then(({ LookInside }) => {
    const captioner = () => loader.active?.captioner;
    return new LookInside(album, { captioner, shipped: () => shipped, addPhotos });
  });
  looking.catch(() => {
    looking = undefined;
  });
  return looking;
}

/** @param {Photo} photo */
function openInside(photo) {
  lookInside()
    .then((look) => look.open(photo))
    .catch(() => showError('inside.unopened'));
}

const showLarge = watchShowMode(stage, album, openInside);
watchStageMenu(stage, {
  captioner: () => loader.active?.captioner,
  announce,
  onLookInside: openInside,
  onShowLarge: showLarge,
  remove(photo) {
    removePhotos([photo]);
    rail.focus();
    keepFocus();
  },
});
onClick('#save-csv', () => save('captions.csv', new Blob([csv(exportedPhotos())], { type: 'text/csv' })));
onClick('#save-json', () => save('captions.json', new Blob([json(exportedPhotos())], { type: 'application/json' })));
onClick('#clear', () => removePhotos(album.photos));
onClick('#stop-all', () => {
  queue.stop();
  keepFocus();
});
onClick('#back', () => {
  openList();
});
window.addEventListener('popstate', () => {
  rail.focus();
  keepFocus();
});
watchSettings(async () => {
  const [{ ModelList }] = await Promise.all([import('./model-list.js'), shippedModels]);
  modelList ??= new ModelList({
    shipped,
    state: () => loader,
    load: (choice) => loader.load(choice),
    stay: (choice) => loader.stay(choice),
  });
  void modelList.update();
});

const localModel = find(document, '#local-model', HTMLInputElement);
onClick('#choose-local-model', () => localModel.click());
localModel.addEventListener('change', () => {
  const files = [...(localModel.files ?? [])];
  if (!files.length) return;
  loader.load({ name: `${files[0].webkitRelativePath.split('/')[0]}/`, model: files, why: 'choice.local' });
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
  showAlbum();
  void modelList?.update();
});

const languageSet = setLanguage(language.value);
example = languageSet.then(showExample).catch(() => () => {});
// Words that cannot be had keep nobody from the page.
await languageSet.catch(() => setLanguage('en')).catch(() => {});
document.documentElement.dataset.translated = 'yes';
watchIntake(addPhotos);
void takeSharedPhotos(addPhotos, () => showError('intake.lost'));
shipped = await shippedModels;
status.setShipped(shipped);
find(document, '#models', HTMLElement).hidden = shipped.length < 2;
if (/[?&](sample|inside|models)=/.test(location.search)) {
  lookInside()
    .then((look) => look.followAddress())
    .catch(() => showError('inside.unopened'));
}
// The reader may have been quicker.
if (!loader.latest) {
  const choice = await chooseModel(shipped);
  if (!loader.latest) {
    if (savesData() && !album.photos.length) loader.loadLater(choice);
    else loader.load(choice);
  }
}
if (await registerServiceWorker()) status.setPageKept();
