// The page: loads the model, takes photos in, and keeps one card for each.

/** @import { NoticeCode, Progress } from '../protocol.js' */

import { Captioner, CaptionerError } from '../captioner.js';
import { find } from '../view/find.js';
import { Card } from './card.js';
import { complain, takePhotosIn } from './intake.js';
import { keepForGpu, keepPage } from './offline.js';
import { settings } from './settings.js';
import { takeShared } from './shared.js';
import { csv, json, save } from './take-away.js';
import { onLanguage, rememberLanguage, setLanguage, spoken, text, translate } from './text.js';

const MODEL = 'models/flickr8k-resnet50/';

const status = find(document, '#status', HTMLElement);
const again = find(document, '#again', HTMLButtonElement);
const progress = find(document, '#progress', HTMLProgressElement);
const notices = find(document, '#notices', HTMLElement);
const announcer = find(document, '#announcer', HTMLElement);
const list = find(document, '#cards', HTMLOListElement);
const tools = find(document, '#album-tools', HTMLElement);

/** Newest first. @type {Card[]} */
let cards = [];
/** What the status says, so that it can be said again in another language. */
let tell = () => text('model.waiting');
/** @type {string | File[]} */
let model;
/** @type {Promise<Captioner>} */
let captioner;

/** @param {() => string} telling */
function say(telling) {
  tell = telling;
  status.textContent = telling();
}

/** Fetches the model that is wanted now, and replaces the one before. */
function load() {
  const before = captioner;
  const parameters = new URLSearchParams(location.search);
  const device = /** @type {import('../protocol.js').Device | 'auto'} */ (parameters.get('device') ?? 'auto');
  notices.replaceChildren();
  progress.hidden = false;
  progress.value = 0;
  again.hidden = true;
  delete status.dataset.code;
  status.removeAttribute('title');
  // Every step would be read out otherwise.
  status.ariaBusy = 'true';
  say(() => text('model.waiting'));
  // What becomes of a model that another one replaced meanwhile is of no interest.
  const isCurrent = () => captioner === loading;
  const loading = Captioner.load({
    model,
    device,
    onProgress: (now) => isCurrent() && showProgress(now),
    onNotice: (code) => isCurrent() && notice(code),
  });
  captioner = loading;
  loading.then(
    (ready) => {
      if (!isCurrent()) return;
      progress.hidden = true;
      status.ariaBusy = null;
      document.documentElement.dataset.device = ready.device;
      if (ready.device === 'webgpu') void keepForGpu();
      say(() => {
        const { name, hasAttention } = ready.about;
        const sentence = text('model.ready', { name, device: text(`device.${ready.device}`) });
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
      say(() => text(`error.${code}`));
      status.title = message;
      again.hidden = false;
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
  say(() => spoken().loading({ loaded, total }));
}

/** @param {NoticeCode} code */
function notice(code) {
  const item = document.createElement('li');
  item.dataset.text = `notice.${code}`;
  notices.append(item);
  translate(notices);
  // The device may be another one now.
  say(tell);
}

/** Said aloud to those who listen. @param {string} sentence */
function announce(sentence) {
  const line = document.createElement('p');
  line.textContent = sentence;
  announcer.replaceChildren(line);
}

/** @param {import('./intake.js').Incoming[]} photos */
async function take(photos) {
  const surroundings = { captioner: () => captioner, options: settings, announce, onRemove: removed };
  const taken = photos.map((photo) => new Card(photo, surroundings));
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

/** @param {Card} card */
function removed(card) {
  cards = cards.filter((other) => other !== card);
  if (cards.length) return;
  const isHere = tools.contains(document.activeElement);
  tools.hidden = true;
  if (isHere || document.activeElement === document.body) {
    find(document, '#choose', HTMLElement).focus({ preventScroll: true });
  }
}

/** In the order in which they came. */
function outcomes() {
  return cards.toReversed().map(({ name, caption, error }) => ({
    name,
    caption,
    error: error && { code: error.code, message: error.message },
  }));
}

/** @param {string} selector @param {() => void} act */
function on(selector, act) {
  find(document, selector, HTMLButtonElement).addEventListener('click', act);
}

on('#save-csv', () => save('captions.csv', new Blob([csv(outcomes())], { type: 'text/csv' })));
on('#save-json', () => save('captions.json', new Blob([json(outcomes())], { type: 'application/json' })));
on('#clear', () => {
  for (const card of cards) card.remove();
});
on('#again', load);

const own = find(document, '#own-model', HTMLInputElement);
own.addEventListener('change', () => {
  if (!own.files?.length) return;
  model = [...own.files];
  load();
});

const language = find(document, '#language', HTMLSelectElement);
language.value = document.documentElement.lang;
language.addEventListener('change', () => {
  rememberLanguage(language.value);
  void setLanguage(language.value);
});
onLanguage(() => say(tell));

await setLanguage(language.value);
takePhotosIn((photos) => void take(photos));
model = new URL(new URLSearchParams(location.search).get('model') ?? MODEL, document.baseURI).href;
load();
void takeShared(
  (photos) => void take(photos),
  () => complain('intake.lost'),
);
void keepPage();
