// What the page says of its model: in a few words at the top, and in the settings which it is and why.

/** @import { NoticeCode } from '../protocol.js' */
/** @import { ModelLoader } from './model-loader.js' */
/** @import { Choice, Failure, ShippedModel } from './models.js' */

import { find } from '../dom.js';
import { isPermanent } from '../errors.js';
import { currentLanguage, onLanguage, text, translate } from './text.js';

const status = find(document, '#status', HTMLElement);
const retry = find(document, '#retry', HTMLButtonElement);
const progress = find(document, '#progress', HTMLProgressElement);
const modelLine = find(document, '#model-line', HTMLElement);
const choiceLine = find(document, '#choice', HTMLElement);
const notices = find(document, '#notices', HTMLElement);

export class ModelStatus {
  #loader;
  /** Those that the host has. @type {ShippedModel[]} */
  #shipped = [];
  /** @type {Failure | undefined} */
  #failure;
  /** The model that the notices are about. @type {Choice | undefined} */
  #noticesOf;
  /** Whether the page is kept for a visit without a network. */
  #isPageKept = false;
  /** Whether the model is. */
  #isModelKept = true;

  /** @param {ModelLoader} loader */
  constructor(loader) {
    this.#loader = loader;
    retry.addEventListener('click', () => loader.latest && loader.load(loader.latest));
    onLanguage(() => this.show(this.#failure));
  }

  /** @param {ShippedModel[]} shipped */
  setShipped(shipped) {
    this.#shipped = shipped;
  }

  /** The page is kept for a visit without a network. */
  setPageKept() {
    this.#isPageKept = true;
    this.show(this.#failure);
  }

  /** @param {Choice} choice the model that it is about @param {NoticeCode} code */
  showNotice(choice, code) {
    if (choice !== this.#noticesOf) this.#clearNotices(choice);
    if (code === 'not-stored') this.#isModelKept = false;
    const item = document.createElement('li');
    item.dataset.text = `notice.${code}`;
    notices.append(item);
    translate(notices);
    this.show(this.#failure);
  }

  /** What was said of one model is not said of the next. @param {Choice} [choice] */
  #clearNotices(choice) {
    this.#noticesOf = choice;
    this.#isModelKept = true;
    notices.replaceChildren();
  }

  /** @param {Failure} [failure] a model that could not be had */
  show(failure) {
    this.#failure = failure;
    const { pending, active, latest } = this.#loader;
    const error = failure?.error;
    if (![pending, active].some((model) => model?.choice === this.#noticesOf)) this.#clearNotices();
    progress.hidden = !pending;
    progress.value = pending?.progress ? pending.progress.loaded / pending.progress.total : 0;
    // Every step would be read out otherwise.
    status.ariaBusy = pending ? 'true' : null;
    status.textContent = this.text();
    status.title = error?.message ?? '';
    status.classList.toggle('error', Boolean(error));
    retry.hidden = !error || isPermanent(error);
    if (error) status.dataset.code = error.code;
    else delete status.dataset.code;
    modelLine.textContent = active ? this.#modelText() : '';
    const choice = active?.choice ?? latest;
    // Where there is but one there was nothing to choose.
    const isObvious = choice?.isAutomatic && this.#shipped.length < 2;
    choiceLine.textContent = choice && !isObvious ? text(choice.why, { name: choice.name }) : '';
  }

  /** How it is with the model, in a few words. */
  text() {
    const { pending, active, isPutOff } = this.#loader;
    if (this.#failure) return this.#failureText(this.#failure);
    if (pending) return loadingText(pending.progress);
    if (active) return text(this.#isPageKept && this.#isModelKept ? 'model.offline' : 'model.ready');
    return isPutOff ? this.#savingText() : text('model.getting-ready');
  }

  /** @param {Failure} failure */
  #failureText({ choice, error }) {
    const reason = text(`error.${error.code}`);
    const current = this.#loader.active?.captioner.about.name;
    return current ? text('models.failed', { name: choice.name, current, reason }) : reason;
  }

  #savingText() {
    const model = this.#shipped.find(({ name }) => name === this.#loader.latest?.name);
    const bytes = model?.files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (!bytes) return text('model.saving');
    return text('model.saving-size', { megabytes: currentLanguage().megabytes(bytes) });
  }

  #modelText() {
    const { about, device } = /** @type {import('./models.js').Active} */ (this.#loader.active).captioner;
    const line = text('model.line', { name: about.name, device: text(`device.${device}`) });
    if (about.kind === 'classes') return `${line} ${text('model.classes')}`;
    return about.hasAttention ? line : `${line} ${text('model.blind')}`;
  }
}

/** @param {import('../protocol.js').Progress} [progress] */
function loadingText(progress) {
  if (!progress) return text('model.getting-ready');
  const { loaded, total } = progress;
  if (loaded === total) return text('model.warming');
  const megabytes = (/** @type {number} */ bytes) => currentLanguage().megabytes(bytes);
  return text('model.fetching', { loaded: megabytes(loaded), total: megabytes(total) });
}
