// One photo: how far it is, its caption, and everything that can be done with it.

/** @import { Captioner } from '../captioner.js' */
/** @import { Caption, CaptionOptions } from '../protocol.js' */

import { CaptionerError } from '../captioner.js';
import { drawMap } from '../view/attention-map.js';
import { find } from '../view/find.js';
import { sureness } from '../view/sureness.js';
import { Words } from '../view/words.js';
import { Finder } from './finder.js';
import { showStrip, stripPicture } from './strip.js';
import { imageTag, save } from './take-away.js';
import { number, onLanguage, spoken, text, translate } from './text.js';

/**
 * @typedef {object} Surroundings
 * @property {() => Promise<Captioner>} captioner
 * @property {() => CaptionOptions} options as the settings say
 * @property {(sentence: string) => void} announce to those who listen
 * @property {(card: Card) => void} onRemove
 */

export class Card {
  /** @type {HTMLElement} */
  element;
  /** @type {Caption | undefined} */
  caption;
  /** @type {CaptionerError | undefined} */
  error;
  #surroundings;
  #photo;
  #image;
  /** @type {AbortController | undefined} */
  #work;
  #words;
  #finder;
  #overlay;
  /** The word whose map is shown. */
  #shown = -1;
  /** What makes this caption another one than that of the whole photo. @type {Pick<CaptionOptions, 'prefix' | 'cells'>} */
  #special = {};
  /** @type {string} */
  #state = 'card.waiting';
  #forget;

  /** @param {{ blob: Blob, name: string }} photo @param {Surroundings} surroundings */
  constructor(photo, surroundings) {
    this.#photo = photo;
    this.#surroundings = surroundings;
    const { content } = find(document, '#card', HTMLTemplateElement);
    // Imported, not cloned: a template's own document loads no images.
    this.element = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
    translate(this.element);
    this.#find('.name', HTMLElement).textContent = photo.name;
    this.#image = this.#find('.frame img', HTMLImageElement);
    this.#image.src = URL.createObjectURL(photo.blob);
    this.#overlay = this.#find('.overlay', HTMLCanvasElement);
    this.#words = new Words(this.element, {
      language: spoken,
      onLook: (index) => this.#look(index),
      onSwap: (index, word) => this.#swap(index, word),
      onWalk: (isWalking) => {
        const play = this.#find('.play', HTMLElement);
        play.dataset.text = isWalking ? 'card.pause' : 'card.play';
        play.textContent = text(play.dataset.text);
      },
    });
    const mark = this.#find('.mark', HTMLElement);
    this.#finder = new Finder(this.#find('.finder', HTMLElement), mark, (cells) => void this.write({ cells }));
    this.#on('.play', () => this.#words.play());
    this.#on('.stop', () => this.#work?.abort());
    this.#on('.redo', () => void this.write(this.#special));
    this.#on('.whole', () => void this.write());
    this.#on('.remove', () => this.remove());
    this.#on('.copy', (button) => this.#copy(button, this.caption?.text ?? ''));
    this.#on('.copy-html', (button) => this.#copy(button, imageTag(photo.name, this.caption?.text ?? '')));
    this.#on('.save-strip', () => void this.#saveStrip());
    this.#find('.strength', HTMLInputElement).addEventListener('input', () => this.#look(this.#shown));
    this.#forget = onLanguage(() => this.#retell());
    this.#tell('card.waiting');
  }

  get name() {
    return this.#photo.name;
  }

  /** Resolves once the photo can be shown without moving what stands around it. */
  async ready() {
    // What this browser cannot show may still be captioned, or gets its error below.
    await this.#image.decode().catch(() => this.element.classList.add('unseeable'));
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    if (width && height) this.#find('.frame', HTMLElement).style.aspectRatio = `${width} / ${height}`;
  }

  /** Writes the caption, or another one of the same photo. @param {Pick<CaptionOptions, 'prefix' | 'cells'>} [special] */
  async write(special = {}) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    const { signal } = work;
    this.#special = special;
    this.caption = undefined;
    this.error = undefined;
    this.#image.alt = '';
    if (!special.cells) this.#finder.clear();
    this.#words.clear();
    this.#show({ isWorking: true });
    this.#tell('card.waiting');
    try {
      const captioner = await this.#surroundings.captioner();
      signal.throwIfAborted();
      this.element.classList.toggle('blind', !captioner.about.hasAttention);
      this.#tell('caption.looking');
      const caption = await captioner.caption(this.#photo.blob, {
        ...this.#surroundings.options(),
        ...special,
        signal,
        onWord: (_, words) => {
          this.#tell('caption.telling');
          this.#words.stream(words);
        },
      });
      if (signal.aborted) return;
      this.caption = caption;
      this.#finish(captioner);
    } catch (error) {
      // Somebody began another caption of it.
      if (this.#work !== work) return;
      this.#fail(CaptionerError.from(error));
    }
  }

  remove() {
    this.#work?.abort();
    this.#words.pause();
    this.#forget();
    URL.revokeObjectURL(this.#image.src);
    const neighbour = this.element.nextElementSibling ?? this.element.previousElementSibling;
    const isHere = this.element.contains(document.activeElement);
    this.element.remove();
    if (isHere && neighbour instanceof HTMLElement) neighbour.focus({ preventScroll: true });
    this.#surroundings.onRemove(this);
  }

  /** @param {Captioner} captioner */
  #finish(captioner) {
    const caption = /** @type {Caption} */ (this.caption);
    const { hasAttention } = captioner.about;
    const { cells, prefix } = this.#special;
    this.#image.alt = caption.text;
    this.#words.show(caption);
    this.#finder.enable(caption.grid);
    this.element.dataset.sureness = sureness(caption);
    this.#explain(caption);
    this.#tell(cells ? 'card.part' : prefix ? 'card.begun' : hasAttention ? 'card.done' : 'card.done-blind');
    this.#show({ isWorking: false });
    // The word that was put there is the one to go on from.
    if (prefix) this.#words.choose(prefix.length - 1, { andFocus: document.activeElement === this.element });
    this.#surroundings.announce(text('card.announce', { name: this.name, text: caption.text }));
  }

  /** @param {CaptionerError} error */
  #fail(error) {
    const { code, message } = error;
    this.#words.clear();
    if (code === 'aborted') {
      this.#tell('card.stopped');
    } else {
      this.error = error;
      this.#tell(`error.${code}`, message);
      this.#surroundings.announce(text('card.failed', { name: this.name, reason: text(`error.${code}`) }));
    }
    this.#show({ isWorking: false });
  }

  /** Which controls make sense. @param {{ isWorking: boolean }} state */
  #show({ isWorking }) {
    const caption = isWorking || this.error ? undefined : this.caption;
    const sees = Boolean(caption?.words.some((word) => word.attention));
    const isSeen = !this.element.classList.contains('unseeable');
    const focused = document.activeElement;
    const { cells, prefix } = this.#special;
    this.element.classList.toggle('working', isWorking);
    this.element.classList.toggle('failed', Boolean(this.error));
    /** @type {Record<string, boolean>} */
    const shown = {
      '.stop': isWorking,
      '.redo': !isWorking,
      '.whole': !isWorking && Boolean(cells || prefix),
      '.copy': Boolean(caption),
      '.copy-html': Boolean(caption),
      '.save-strip': sees && isSeen,
      '.looks': sees,
      '.strip': sees,
      '.sureness': Boolean(caption),
      '.candidates': (caption?.candidates.length ?? 0) > 1,
    };
    for (const [selector, isShown] of Object.entries(shown)) {
      const control = this.#find(selector, HTMLElement);
      control.hidden = !isShown && !(isWorking && control.classList.contains('kept'));
    }
    // Who works by keyboard stays at this photo when the control that was used goes away.
    if (focused && this.element.contains(focused) && !focused.checkVisibility()) {
      this.element.focus({ preventScroll: true });
    }
  }

  /** @param {string} key @param {string} [detail] */
  #tell(key, detail = '') {
    this.#state = key;
    const state = this.#find('.state', HTMLElement);
    state.textContent = text(key);
    state.title = detail;
    state.dataset.state = key;
  }

  /** In another language. */
  #retell() {
    translate(this.element);
    this.#find('.state', HTMLElement).textContent = text(this.#state);
    this.#words.retell();
    this.#finder.retell();
    if (this.caption && !this.error) this.#explain(this.caption);
  }

  /** Everything in the reader's language about a caption. @param {Caption} caption */
  #explain(caption) {
    this.#find('.sureness', HTMLElement).textContent = this.#judgement(caption);
    this.#candidates(caption);
    if (caption.words.every(({ attention }) => !attention)) return;
    showStrip(this.#find('.strip', HTMLOListElement), caption, this.#image.src, (index) => this.#words.choose(index));
  }

  /** @param {Caption} caption */
  #judgement({ timings, device, ...caption }) {
    const milliseconds = Object.values(timings).reduce((sum, part) => sum + part, 0);
    const seconds = number(milliseconds / 1000, { maximumFractionDigits: 1 });
    const took = text('card.took', {
      seconds,
      device: text(device.encoder === 'cpu' ? 'device.cpu' : 'device.webgpu'),
    });
    return `${text(`caption.${sureness({ ...caption, timings, device })}`)} ${took}`;
  }

  /** @param {Caption} caption */
  #candidates({ candidates }) {
    const list = this.#find('.candidates ol', HTMLElement);
    list.replaceChildren(
      ...candidates.map(({ text: sentence, score, ended }) => {
        const item = document.createElement('li');
        const how = document.createElement('span');
        const { lang } = document.documentElement;
        Object.assign(how, { className: 'quiet', lang, dir: 'auto' });
        const shown = number(score, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        const parts = [text('card.score', { score: shown }), ...(ended ? [] : [text('card.cut')])];
        how.textContent = new Intl.ListFormat(lang, { type: 'unit' }).format(parts);
        item.append(`${sentence} `, how);
        return item;
      }),
    );
  }

  /** @param {number} index */
  #look(index) {
    this.#shown = index;
    const word = this.caption?.words[index];
    const strength = Number(this.#find('.strength', HTMLInputElement).value);
    drawMap(this.#overlay, word?.attention ?? null, strength);
    this.#overlay.dataset.word = word?.text ?? '';
  }

  /** @param {number} index @param {string} word */
  #swap(index, word) {
    const before = this.caption?.words.slice(0, index).map((word) => word.text) ?? [];
    void this.write({ ...this.#special, prefix: [...before, word] });
  }

  /** @param {HTMLElement} button @param {string} words */
  #copy(button, words) {
    navigator.clipboard.writeText(words).then(
      () => {
        button.textContent = text('card.copied');
        this.#surroundings.announce(button.textContent);
      },
      () => prompt(text('card.copy'), words),
    );
    setTimeout(() => translate(this.element), 2000);
  }

  async #saveStrip() {
    if (this.caption) {
      save(`${this.name.replace(/\.[^.]*$/, '')}-attention.png`, await stripPicture(this.caption, this.#image));
    }
  }

  /** @template {HTMLElement} T @param {string} selector @param {new () => T} type */
  #find(selector, type) {
    return find(this.element, selector, type);
  }

  /** @param {string} selector @param {(button: HTMLElement) => void} act */
  #on(selector, act) {
    const button = this.#find(selector, HTMLElement);
    button.addEventListener('click', () => act(button));
  }
}
