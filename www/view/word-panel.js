// Why a word: how probable it was, where it did not look, and what else the model considered for its place. The panel
// is always there and as high with a word as without, so that nothing below it moves.

/** @import { Word } from '../protocol.js' */
/** @import { Language } from './language.js' */

import { isFlat } from './spotlight.js';

/** Words that are told of, its own among them: as many as have room beside the photo. Later ones hardly had a chance. */
const ROWS = 4;

export class WordPanel {
  #root;
  #listener;
  /** @type {Word[]} */
  #words = [];
  #index = -1;

  /**
   * @param {HTMLElement} root empty
   * @param {object} listener
   * @param {() => Language} listener.language
   * @param {(index: number, word: string) => void} listener.onSwap another word was chosen for this place
   */
  constructor(root, listener) {
    this.#root = root;
    this.#listener = listener;
    root.classList.add('word-panel');
    root.setAttribute('role', 'group');
    root.tabIndex = -1;
    this.updateLanguage();
  }

  /** @param {Word[]} words @param {number} [index] of the word that is told of; -1 for none */
  show(words, index = -1) {
    this.#words = words;
    this.#index = index;
    this.updateLanguage();
  }

  /** In another language. */
  updateLanguage() {
    const language = this.#listener.language();
    const word = this.#words[this.#index];
    const title = word ? language.text('caption.why', { word: word.text }) : '';
    const tree = /** @type {Document | ShadowRoot} */ (this.#root.getRootNode());
    const hasFocus = this.#root.contains(tree.activeElement);
    this.#root.ariaLabel = title || null;
    this.#root.replaceChildren(...(word ? this.#answer(word, title, language) : [line('hint', this.#hint(language))]));
    // Who works by keyboard stays here when the row that was used goes away.
    if (hasFocus) this.#root.focus({ preventScroll: true });
  }

  /** @param {Language} language */
  #hint(language) {
    const isBlind = this.#words.length > 0 && this.#words.every(({ attention }) => !attention);
    if (isBlind) return language.text('caption.hint-blind');
    return language.text(matchMedia('(hover: none)').matches ? 'caption.hint-touch' : 'caption.hint');
  }

  /** @param {Word} word @param {string} title @param {Language} language */
  #answer(word, title, language) {
    // Where it looked away, it is no wonder that nothing stands out.
    const isVague = isFlat(word) && (word.lookedAway ?? 0) < 0.5;
    const note = isVague ? language.text('caption.flat') : language.lookedAway(word);
    const head = document.createElement('div');
    head.className = 'why';
    head.append(line('title', title), line('note', note));
    const rows = document.createElement('ul');
    // Captions are English, whatever the page speaks.
    Object.assign(rows, { className: 'rows', lang: 'en', dir: 'ltr' });
    rows.append(
      ownRow(word, language),
      ...word.alternatives.slice(0, ROWS - 1).map((other) => this.#otherRow(other, language)),
    );
    return [head, rows, line('foot', language.text('caption.pick'))];
  }

  /** A word that may stand there instead. @param {Word['alternatives'][number]} other @param {Language} language */
  #otherRow(other, language) {
    const button = document.createElement('button');
    const index = this.#index;
    button.type = 'button';
    button.setAttribute('part', 'button alternative');
    const chance = language.percent(other.logProbability);
    button.title = language.text('caption.swap', { word: other.text, chance });
    button.addEventListener('click', () => this.#listener.onSwap(index, other.text));
    return row(button, other, language);
  }
}

/** The word that stands there. @param {Word} word @param {Language} language */
function ownRow(word, language) {
  const own = document.createElement('div');
  own.setAttribute('aria-current', 'true');
  return row(own, word, language);
}

/**
 * A word, its probability as a bar, and in figures.
 * @param {HTMLElement} content @param {{ text: string, logProbability: number }} word @param {Language} language
 */
function row(content, { text, logProbability }, language) {
  const item = document.createElement('li');
  const [name, bar, chance] = ['name', 'bar', 'chance'].map((className) =>
    Object.assign(document.createElement('span'), { className }),
  );
  name.textContent = text;
  bar.style.setProperty('--share', String(Math.exp(logProbability)));
  Object.assign(chance, { lang: language.tag, textContent: language.percent(logProbability) });
  content.classList.add('row');
  content.append(name, ' ', bar, chance);
  item.append(content);
  return item;
}

/** @param {string} className @param {string} text */
function line(className, text) {
  return Object.assign(document.createElement('p'), { className, textContent: text });
}
