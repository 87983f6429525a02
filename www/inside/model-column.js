// A model beside others: what it says of the photo, where it looked, and what that took; or how far it is.

/** @import { Caption, Progress } from '../protocol.js' */
/** @import { ComparedModel } from './card.js' */
/** @import { Inside } from './inside.js' */

import { CaptionerError } from '../captioner.js';
import { isDarkPhoto } from '../view/attention-overlay.js';
import { button, make } from './elements.js';
import { mapOf } from './model-picture.js';
import { inSlices } from './slices.js';

/** Pixels along the sides of a map. */
const MAP = 160;

export class ModelColumn {
  element = make('article', 'model-column');
  model;
  /** Once it is there. @type {Caption | undefined} */
  caption;
  #inside;
  #state = make('div', 'inside-section');
  #progress = document.createElement('progress');
  #line = make('p', 'quiet');

  /** @param {Inside} inside @param {ComparedModel} model @param {(() => void)} [onRemove] none for what stays */
  constructor(inside, model, onRemove) {
    this.#inside = inside;
    this.model = model;
    const head = make('div', 'model-head');
    const name = make('h3', '', model.name);
    [name.lang, name.dir] = ['en', 'ltr'];
    head.append(name);
    if (onRemove) {
      const remove = button('×', onRemove);
      remove.className = 'model-remove';
      remove.ariaLabel = inside.text('inside.models.remove', { name: model.name });
      head.append(remove);
    }
    this.element.append(head, this.#state);
  }

  /** It is on its way. @param {() => void} onStop */
  showLoading(onStop) {
    this.#progress.max = 1;
    this.#progress.value = 0;
    this.#progress.ariaLabel = this.model.name;
    this.#line.textContent = this.#inside.text('inside.models.waiting');
    this.#state.replaceChildren(this.#line, this.#progress, this.#buttons('inside.stop', onStop));
  }

  /** @param {Progress} progress */
  showProgress(progress) {
    this.model.bytes = progress.total;
    this.#progress.value = progress.total ? progress.loaded / progress.total : 0;
    this.#line.textContent = this.#inside.language.loadingStatus(progress);
  }

  showComputing() {
    this.#progress.removeAttribute('value');
    this.#line.textContent = this.#inside.text('inside.computing');
  }

  /** @param {unknown} error @param {() => void} onAgain */
  showFailure(error, onAgain) {
    const { code } = CaptionerError.from(error);
    const line = make('p', code === 'aborted' ? 'quiet' : 'error', this.#inside.text(`error.${code}`));
    this.#state.replaceChildren(line, this.#buttons('inside.again', onAgain));
  }

  /** @param {Caption} caption @param {AbortSignal} signal */
  async showCaption(caption, signal) {
    const inside = this.#inside;
    this.caption = caption;
    const sentence = make('p', 'model-sentence', caption.hedged);
    [sentence.lang, sentence.dir] = ['en', 'ltr'];
    const maps = make('ol', 'model-maps');
    maps.dir = 'ltr';
    maps.lang = 'en';
    const sureness = make('p', 'quiet', inside.text(`caption.${caption.sureness}`));
    this.#state.replaceChildren(sentence, sureness, this.#list(caption), maps);
    const words = caption.words.filter(({ attention }) => attention);
    if (!words.length) return maps.replaceWith(make('p', 'quiet', inside.text('inside.models.blind')));
    const square = inside.square(MAP);
    const isDark = isDarkPhoto(square);
    await inSlices(
      words,
      (word) => {
        const item = make('li', '');
        const map = mapOf(square, word, isDark);
        map.ariaHidden = 'true';
        item.append(map, make('span', '', word.text));
        maps.append(item);
      },
      signal,
    );
  }

  /** What it tells, for a picture: lines, and the words that have maps. */
  get told() {
    const { caption } = this;
    if (!caption) return [];
    const facts = this.#facts(caption).map((fact) => fact.join(': '));
    const words = caption.words.filter(({ attention }) => attention);
    return [{ lines: [this.model.name, caption.hedged, facts.join(' · ')], words }];
  }

  /** Names and values, of those that are known. @param {Caption} caption */
  #facts({ timings }) {
    const inside = this.#inside;
    const { bytes, quality } = this.model;
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    return Object.entries({
      encoder: inside.time(timings.encode),
      words: inside.time(timings.words),
      size: bytes ? inside.text('inside.models.megabytes', { megabytes: inside.language.megabytes(bytes) }) : '',
      quality: quality === undefined ? '' : inside.number(quality, digits),
    }).flatMap(([name, value]) => (value ? [[inside.text(`inside.models.${name}`), value]] : []));
  }

  /** @param {Caption} caption */
  #list(caption) {
    const list = make('dl', 'model-facts');
    for (const [name, value] of this.#facts(caption)) list.append(make('dt', '', name), make('dd', '', value));
    return list;
  }

  /** @param {string} key @param {() => void} act */
  #buttons(key, act) {
    const buttons = make('div', 'inside-buttons');
    buttons.append(
      button(this.#inside.text(key), () => {
        act();
        // The button is gone by then.
        this.element.querySelector('button')?.focus();
      }),
    );
    return buttons;
  }
}
