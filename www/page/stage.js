// The one photo that is looked at, large: where the model looks while it writes, its words, and what can be asked of it.

/** @import { Caption, Word } from '../protocol.js' */
/** @import { Album } from './album.js' */
/** @import { Photo } from './photo.js' */

import { find } from '../dom.js';
import { AttentionOverlay } from '../view/attention-overlay.js';
import { CaptionWords } from '../view/caption-words.js';
import { WordPanel } from '../view/word-panel.js';
import { AskTool } from './ask-tool.js';
import { AttentionStrip, isDark } from './attention-strip.js';
import { Pacing } from './pacing.js';
import { showState } from './stage-state.js';
import { currentLanguage, onLanguage, text } from './text.js';

const stage = find(document, '#stage', HTMLElement);
const frame = find(stage, '.photo', HTMLElement);
const image = find(frame, 'img', HTMLImageElement);
const tag = find(frame, '.tag', HTMLElement);
const play = find(stage, '.play', HTMLButtonElement);

export class Stage {
  /** Shows the maps as heat, for lessons. */
  isHeat = false;
  /** @type {Photo | undefined} */
  #photo;
  /** The caption whose words are shown. @type {Caption | undefined} */
  #shown;
  /** The word whose map is shown. */
  #pointed = -1;
  /** Whether the reader has seen this caption being written. */
  #isFollowing = false;
  #isDark = false;
  /** Counts the photos that were shown, of which only the last may be seen. */
  #images = 0;
  #overlay = new AttentionOverlay(find(frame, '.overlay', HTMLElement));
  #strip = new AttentionStrip(find(stage, '.strip', HTMLOListElement), {
    onPoint: (index) => this.#point(index < 0 ? this.#words.selected : index),
    onSelect: (index) => {
      this.#words.pause();
      this.#words.select(index);
    },
  });
  #pacing = new Pacing(
    (words) => this.#showWriting(words),
    () => {
      this.#isFollowing = false;
      this.#update();
    },
  );
  #panel;
  #words;
  #ask;
  #waitingText = () => '';

  /** @param {Album} album @param {{ onSwipe: (step: number) => void }} listener */
  constructor(album, { onSwipe }) {
    this.#panel = new WordPanel(find(stage, '.word-panel', HTMLElement), {
      language: currentLanguage,
      onSwap: (index, word) => void this.#photo?.writeFrom(index, word),
    });
    this.#words = new CaptionWords(find(stage, '.words', HTMLElement), {
      language: currentLanguage,
      onShow: (index) => this.#point(index),
      onSelect: (index) => this.#panel.show(this.#shown?.words ?? [], index),
      onPlay: () => this.#showPlay(),
    });
    this.#ask = new AskTool(frame, {
      onAsk: (cells) => void this.#photo?.ask(cells),
      onOpen: () => {
        this.#photo?.forgetPart();
        this.#words.select(-1);
      },
      onSwipe,
    });
    play.addEventListener('click', ({ shiftKey }) => this.play({ all: shiftKey }));
    this.#onClick('.stop', (photo) => (photo.isWorking ? photo.stop() : this.#pacing.finish()));
    this.#onClick('.again', (photo) => void photo.write());
    this.#onClick('.any-photo', (photo) => void photo.writeAnyway());
    this.#onClick('.forget-part', (photo) => photo.forgetPart());
    this.#onClick('.take-first', (photo) => photo.takeFirst());
    document.addEventListener('pointerdown', (event) => this.#letGo(event));
    stage.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#words.pause();
      this.#words.select(-1);
    });
    album.addEventListener('select', () => this.#take(album.selected));
    onLanguage(() => this.updateLanguage());
  }

  get photo() {
    return this.#photo;
  }

  /** @param {{ all?: boolean }} [options] every word, small ones too */
  play(options) {
    if (this.#words.isPlaying) this.#words.pause();
    else this.#words.play(options);
  }

  /** Moves to another word. @param {number} step */
  step(step) {
    this.#words.pause();
    const count = this.#shown?.words.length ?? 0;
    const to = this.#words.selected < 0 ? (step > 0 ? 0 : count - 1) : this.#words.selected + step;
    if (to >= 0 && to < count) this.#words.select(to, { andFocus: true });
  }

  /** @param {boolean} isHeat */
  setHeat(isHeat) {
    this.isHeat = isHeat;
    this.#point(this.#pointed);
    if (this.#shown) void this.#showStrip(this.#shown);
  }

  /** What is waited for before anything is written, such as a model on its way. @param {() => string} newText */
  setWaiting(newText) {
    this.#waitingText = newText;
    if (this.#photo?.state === 'waiting') this.#update();
  }

  updateLanguage() {
    this.#words.updateLanguage();
    this.#panel.updateLanguage();
    this.#ask.updateLanguage();
    this.#strip.updateLanguage();
    this.#showPlay();
    if (this.#photo) this.#update();
    this.#point(this.#pointed);
  }

  /** @param {Photo} [photo] */
  #take(photo) {
    this.#photo?.removeEventListener('change', this.#onChange);
    this.#photo = photo;
    this.#clear();
    this.#ask.close();
    this.#isFollowing = false;
    if (!photo) return;
    photo.addEventListener('change', this.#onChange);
    stage.ariaLabel = photo.name;
    void this.#showImage(photo);
    this.#update();
  }

  #onChange = () => this.#update();

  /** Shows the photo once its size is known, so that nothing around it moves. @param {Photo} photo */
  async #showImage(photo) {
    this.#images += 1;
    const number = this.#images;
    frame.classList.add('hollow');
    frame.classList.remove('unseen');
    image.src = photo.url;
    // What this browser cannot show may still be captioned, or gets its error beside it.
    const seen = image
      .decode()
      .then(() => true)
      .catch(() => false);
    const [isSeen, isDarkPhoto] = await Promise.all([seen, isDark(photo.blob)]);
    // Another one came meanwhile, or the same one once more.
    if (number !== this.#images) return;
    const { naturalWidth: width, naturalHeight: height } = image;
    frame.classList.toggle('unseen', !isSeen);
    frame.style.setProperty('--ratio', String(isSeen && width && height ? width / height : 4 / 3));
    this.#isDark = isDarkPhoto;
    frame.classList.remove('hollow');
  }

  #clear() {
    this.#pacing.reset();
    this.#shown = undefined;
    this.#words.clear();
    this.#strip.clear();
    this.#panel.show([], -1);
  }

  /** Shows how far the photo is. */
  #update() {
    const photo = /** @type {Photo} */ (this.#photo);
    const caption = photo.shownCaption;
    const focused = document.activeElement;
    if (photo.isWorking) this.#follow(photo);
    // Nothing comes of what was written so far.
    else if (!caption && this.#isFollowing) this.#clear();
    // The eye is still following the words.
    else if (caption && this.#isFollowing && !photo.isClass) {
      this.#pacing.add(caption.words, true);
      // With reduced motion it was shown at once.
      if (!this.#isFollowing) return;
    }
    // With reduced motion the words were all shown at once, and the rest is up to that.
    const isDone = !photo.isWorking && !this.#pacing.isBehind;
    if (isDone) this.#isFollowing = false;
    if (isDone && caption !== this.#shown) this.#showCaption(photo, caption);
    this.#ask.enable(isDone && photo.caption && photo.model?.takesCells ? photo.caption.grid : undefined);
    this.#ask.showPart(isDone ? photo.part?.cells : undefined);
    showState(photo, isDone, this.#waitingText());
    // Who works by keyboard stays here when the control that was used goes away.
    if (focused && stage.contains(focused) && !focused.checkVisibility()) stage.focus({ preventScroll: true });
  }

  /** @param {Photo} photo that is being captioned */
  #follow({ state, words, isClass }) {
    if (!this.#isFollowing || this.#shown) this.#clear();
    this.#isFollowing = true;
    // A class is no sentence that is written word by word.
    if (state === 'writing' && !isClass) this.#pacing.add(words, false);
  }

  /** @param {Word[]} words those that were written */
  #showWriting(words) {
    this.#words.stream(words);
    const newest = words.at(-1);
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.#draw(newest);
  }

  /** @param {Photo} photo @param {Caption} [caption] none to show no words */
  #showCaption(photo, caption) {
    this.#clear();
    this.#shown = caption;
    if (!caption || photo.isClass) return;
    this.#words.show(caption);
    void this.#showStrip(caption);
    const { chosenWord } = photo;
    // The word that was put there is the one to go on from; the row that put it there is gone.
    const isHere = Boolean(document.activeElement?.matches('#stage, #stage .word-panel'));
    if (chosenWord) this.#words.select(chosenWord.index, { andFocus: isHere });
  }

  /** @param {Caption} caption */
  async #showStrip(caption) {
    const { blob } = /** @type {Photo} */ (this.#photo);
    if (caption.words.some(({ attention }) => attention)) {
      await this.#strip.show(caption.words, blob, { isHeat: this.isHeat });
    }
  }

  /** @param {number} index */
  #point(index) {
    this.#pointed = index;
    const word = this.#shown?.words[index];
    this.#draw(word);
    this.#strip.mark(index);
  }

  /** @param {Word} [word] none to show the whole photo */
  #draw(word) {
    const kind = this.isHeat ? 'heat' : 'spotlight';
    tag.hidden = !this.#overlay.show(word, { isDark: this.#isDark, kind });
    tag.textContent = word ? text('stage.looked', { word: word.text }) : '';
  }

  #showPlay() {
    play.textContent = text(this.#words.isPlaying ? 'stage.pause' : 'stage.play');
  }

  /** A click beside everything lets the chosen word go. @param {PointerEvent} event */
  #letGo({ target }) {
    if (this.#words.isPlaying || this.#words.selected < 0) return;
    if (!(/** @type {Element} */ (target).closest('button, .word-panel, .strip, .region, select, a'))) {
      this.#words.select(-1);
    }
  }

  /** @param {string} selector @param {(photo: Photo) => void} listener */
  #onClick(selector, listener) {
    find(stage, selector, HTMLButtonElement).addEventListener('click', () => this.#photo && listener(this.#photo));
  }
}
