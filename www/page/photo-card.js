// One photo: how far it is, its caption, and everything that can be done with it.

/** @import { Captioner } from '../captioner.js' */
/** @import { Caption, CaptionOptions } from '../protocol.js' */
/** @import { CardContext } from './card-context.js' */

import { CaptionerError } from '../captioner.js';
import { find } from '../dom.js';
import { drawMap } from '../view/attention-map.js';
import { CaptionWords } from '../view/caption-words.js';
import { showClasses } from '../view/class-list.js';
import { showStrip, stripAsPng } from './attention-strip.js';
import { imageTag, save } from './export.js';
import { RegionSelector } from './region-selector.js';
import { currentLanguage, number, onLanguage, text, translate } from './text.js';

export class PhotoCard {
  /** @type {HTMLElement} */
  element;
  /** @type {Caption | undefined} */
  caption;
  /** @type {CaptionerError | undefined} */
  error;
  #context;
  #photo;
  #image;
  /** @type {AbortController | undefined} */
  #work;
  #words;
  #regionSelector;
  #overlay;
  /** The word whose map is shown. */
  #shown = -1;
  /**
   * What makes this caption another one than that of the whole photo.
   * @type {Pick<CaptionOptions, 'prefix' | 'cells' | 'anyPhoto'>}
   */
  #variant = {};
  /** Whether the model knows classes, of which one is all that it says. */
  #isClassifier = false;
  /** @type {string} */
  #state = 'card.waiting';
  #unsubscribe;

  /** @param {{ blob: Blob, name: string }} photo @param {CardContext<PhotoCard>} context */
  constructor(photo, context) {
    this.#photo = photo;
    this.#context = context;
    const { content } = find(document, '#card', HTMLTemplateElement);
    // Imported, not cloned: a template's own document loads no images.
    this.element = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
    translate(this.element);
    this.#find('.name', HTMLElement).textContent = photo.name;
    this.#image = this.#find('.frame img', HTMLImageElement);
    this.#image.src = URL.createObjectURL(photo.blob);
    this.#overlay = this.#find('.overlay', HTMLCanvasElement);
    this.#words = new CaptionWords(this.element, {
      language: currentLanguage,
      onShow: (index) => this.#showMap(index),
      onSwap: (index, word) => this.#swap(index, word),
      onPlay: (isPlaying) => {
        const play = this.#find('.play', HTMLElement);
        play.dataset.text = isPlaying ? 'card.pause' : 'card.play';
        play.textContent = text(play.dataset.text);
      },
    });
    const outline = this.#find('.region-outline', HTMLElement);
    this.#regionSelector = new RegionSelector(
      this.#find('.region-selector', HTMLElement),
      outline,
      (cells) => void this.write({ ...this.#asked, cells }),
    );
    this.#onClick('.play', () => this.#words.play());
    this.#onClick('.stop', () => this.#work?.abort());
    this.#onClick('.redo', () => void this.again());
    this.#onClick('.any-photo', () => void this.write({ ...this.#variant, anyPhoto: true }));
    this.#onClick('.whole-photo', () => void this.write(this.#asked));
    this.#onClick('.remove', () => this.remove());
    this.#onClick('.copy', (button) => this.#copy(button, this.caption?.hedged ?? ''));
    this.#onClick('.copy-html', (button) => this.#copy(button, imageTag(photo.name, this.caption?.hedged ?? '')));
    this.#onClick('.save-strip', () => void this.#saveStrip());
    this.#find('.strength', HTMLInputElement).addEventListener('input', () => this.#showMap(this.#shown));
    this.#unsubscribe = onLanguage(() => this.#updateLanguage());
    this.#setState('card.waiting');
  }

  get name() {
    return this.#photo.name;
  }

  /** Whether a caption was asked for of what is no photo that the model knows; it goes for other captions of it too. */
  get #asked() {
    return this.#variant.anyPhoto ? { anyPhoto: true } : {};
  }

  /** Whether there is a caption that nobody is to see, for it is about no photo. */
  get #isUnfamiliar() {
    return this.caption?.familiar === false && !this.#variant.anyPhoto;
  }

  /** Resolves once the photo can be shown without moving what stands around it. */
  async ready() {
    // What this browser cannot show may still be captioned, or gets its error below.
    await this.#image.decode().catch(() => this.element.classList.add('no-preview'));
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    if (width && height) this.#find('.frame', HTMLElement).style.aspectRatio = `${width} / ${height}`;
  }

  /**
   * Writes the caption, or another one of the same photo.
   * @param {Pick<CaptionOptions, 'prefix' | 'cells' | 'anyPhoto'>} [variant]
   */
  async write(variant = {}) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    const { signal } = work;
    this.#variant = variant;
    this.caption = undefined;
    this.error = undefined;
    this.#image.alt = '';
    if (!variant.cells) this.#regionSelector.clear();
    this.#words.clear();
    this.#find('.hedge', HTMLElement).textContent = '';
    this.#showControls({ isWorking: true });
    this.#setState('card.waiting');
    try {
      const captioner = await this.#context.captioner();
      signal.throwIfAborted();
      const { kind, hasAttention } = captioner.about;
      this.#isClassifier = kind === 'classes';
      this.element.classList.toggle('no-attention', !hasAttention);
      this.#setState('caption.looking');
      const caption = await captioner.caption(this.#photo.blob, {
        // They are about sentences.
        ...(this.#isClassifier ? {} : this.#context.options()),
        ...variant,
        signal,
        onWord: (_, words) => {
          this.#setState('caption.telling');
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

  /** Writes the same caption once more. */
  again() {
    return this.write(this.#variant);
  }

  get isWorking() {
    return this.element.classList.contains('working');
  }

  remove() {
    this.#work?.abort();
    this.#words.pause();
    this.#unsubscribe();
    URL.revokeObjectURL(this.#image.src);
    const neighbour = this.element.nextElementSibling ?? this.element.previousElementSibling;
    const isHere = this.element.contains(document.activeElement);
    this.element.remove();
    if (isHere && neighbour instanceof HTMLElement) neighbour.focus({ preventScroll: true });
    this.#context.onRemove(this);
  }

  /** @param {Captioner} captioner */
  #finish(captioner) {
    const caption = /** @type {Caption} */ (this.caption);
    const { hasAttention, takesCells } = captioner.about;
    const { cells, prefix } = this.#variant;
    this.#image.alt = caption.hedged;
    if (this.#isClassifier || this.#isUnfamiliar) this.#words.clear();
    else this.#words.show(caption);
    this.#regionSelector.enable(takesCells ? caption.grid : undefined);
    this.element.dataset.sureness = caption.sureness;
    if (!this.#isUnfamiliar) this.#showDetails(caption);
    const whole = this.#isClassifier ? 'caption.classes' : hasAttention ? 'card.done' : 'card.done-blind';
    const told = cells ? 'card.part' : prefix ? 'card.begun' : whole;
    this.#setState(this.#isUnfamiliar ? 'caption.unfamiliar' : told);
    this.#showControls({ isWorking: false });
    // The word that was put there is the one to go on from.
    if (prefix && !this.#isUnfamiliar)
      this.#words.select(prefix.length - 1, { andFocus: document.activeElement === this.element });
    const said = this.#isUnfamiliar ? text('caption.unfamiliar') : caption.hedged;
    this.#context.announce(text('card.announce', { name: this.name, text: said }));
    if (!cells && !prefix) this.#context.onCaption(captioner, totalTime(caption));
  }

  /** @param {CaptionerError} error */
  #fail(error) {
    const { code, message } = error;
    this.#words.clear();
    if (code === 'aborted') {
      this.#setState('card.stopped');
    } else {
      this.error = error;
      this.#setState(`error.${code}`, message);
      this.#context.announce(text('card.failed', { name: this.name, reason: text(`error.${code}`) }));
    }
    this.#showControls({ isWorking: false });
  }

  /** Which controls make sense. @param {{ isWorking: boolean }} state */
  #showControls({ isWorking }) {
    const caption = isWorking || this.error || this.#isUnfamiliar ? undefined : this.caption;
    const sees = Boolean(caption?.words.some((word) => word.attention));
    const isSeen = !this.element.classList.contains('no-preview');
    const focused = document.activeElement;
    const { cells, prefix } = this.#variant;
    this.element.classList.toggle('working', isWorking);
    this.element.classList.toggle('failed', Boolean(this.error));
    /** @type {Record<string, boolean>} */
    const shown = {
      '.stop': isWorking,
      '.any-photo': !isWorking && this.#isUnfamiliar,
      '.redo': !isWorking,
      '.whole-photo': !isWorking && Boolean(cells || prefix),
      '.copy': Boolean(caption),
      // The name of a class is no alternative text.
      '.copy-html': Boolean(caption) && !this.#isClassifier,
      '.classes': Boolean(caption) && this.#isClassifier,
      '.save-strip': sees && isSeen,
      '.map-controls': sees,
      '.strip': sees,
      '.hedge': Boolean(caption),
      '.sureness': Boolean(caption),
      '.candidates': (caption?.candidates.length ?? 0) > 1 && !this.#isClassifier,
    };
    for (const [selector, isShown] of Object.entries(shown)) {
      const control = this.#find(selector, HTMLElement);
      control.hidden = !isShown && !(isWorking && control.classList.contains('reserved'));
    }
    // Who works by keyboard stays at this photo when the control that was used goes away.
    if (focused && this.element.contains(focused) && !focused.checkVisibility()) {
      this.element.focus({ preventScroll: true });
    }
  }

  /** @param {string} key @param {string} [detail] */
  #setState(key, detail = '') {
    this.#state = key;
    const state = this.#find('.state', HTMLElement);
    state.textContent = text(key);
    state.title = detail;
    state.dataset.state = key;
  }

  /** In another language. */
  #updateLanguage() {
    translate(this.element);
    this.#find('.state', HTMLElement).textContent = text(this.#state);
    this.#words.updateLanguage();
    this.#regionSelector.updateLanguage();
    if (this.caption && !this.error && !this.#isUnfamiliar) this.#showDetails(this.caption);
  }

  /** Everything in the reader's language about a caption. @param {Caption} caption */
  #showDetails(caption) {
    this.#find('.hedge', HTMLElement).textContent = text(`hedge.${caption.sureness}`);
    this.#find('.sureness', HTMLElement).textContent = this.#surenessSentence(caption);
    if (this.#isClassifier) showClasses(this.#find('.classes', HTMLElement), caption, currentLanguage());
    this.#showCandidates(caption);
    if (caption.words.every(({ attention }) => !attention)) return;
    showStrip(this.#find('.strip', HTMLOListElement), caption, this.#image.src, (index) => this.#words.select(index));
  }

  /** @param {Caption} caption */
  #surenessSentence(caption) {
    const { device, sureness } = caption;
    const seconds = number(totalTime(caption) / 1000, { maximumFractionDigits: 1 });
    const took = text('card.took', {
      seconds,
      device: text(device.encoder === 'cpu' ? 'device.cpu' : 'device.webgpu'),
    });
    // Classes have their probabilities beside them.
    return this.#isClassifier ? took : `${text(`caption.${sureness}`)} ${took}`;
  }

  /** @param {Caption} caption */
  #showCandidates({ candidates }) {
    const list = this.#find('.candidates ol', HTMLElement);
    list.replaceChildren(
      ...candidates.map(({ text: sentence, score, ended }) => {
        const item = document.createElement('li');
        const how = document.createElement('span');
        const { lang } = document.documentElement;
        Object.assign(how, { className: 'muted', lang, dir: 'auto' });
        const shown = number(score, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        const parts = [text('card.score', { score: shown }), ...(ended ? [] : [text('card.cut')])];
        how.textContent = new Intl.ListFormat(lang, { type: 'unit' }).format(parts);
        item.append(`${sentence} `, how);
        return item;
      }),
    );
  }

  /** @param {number} index */
  #showMap(index) {
    this.#shown = index;
    const word = this.caption?.words[index];
    const strength = Number(this.#find('.strength', HTMLInputElement).value);
    drawMap(this.#overlay, word, strength);
    this.#overlay.dataset.word = word?.text ?? '';
  }

  /** @param {number} index @param {string} word */
  #swap(index, word) {
    const before = this.caption?.words.slice(0, index).map((word) => word.text) ?? [];
    void this.write({ ...this.#variant, prefix: [...before, word] });
  }

  /** @param {HTMLElement} button @param {string} words */
  #copy(button, words) {
    navigator.clipboard.writeText(words).then(
      () => {
        button.textContent = text('card.copied');
        this.#context.announce(button.textContent);
      },
      () => prompt(text('card.copy'), words),
    );
    setTimeout(() => translate(this.element), 2000);
  }

  async #saveStrip() {
    if (this.caption) {
      save(`${this.name.replace(/\.[^.]*$/, '')}-attention.png`, await stripAsPng(this.caption, this.#image));
    }
  }

  /** @template {HTMLElement} T @param {string} selector @param {new () => T} type */
  #find(selector, type) {
    return find(this.element, selector, type);
  }

  /** @param {string} selector @param {(button: HTMLElement) => void} onClick */
  #onClick(selector, onClick) {
    const button = this.#find(selector, HTMLElement);
    button.addEventListener('click', () => onClick(button));
  }
}

/** In milliseconds. @param {Caption} caption */
function totalTime({ timings }) {
  return Object.values(timings).reduce((sum, part) => sum + part, 0);
}
