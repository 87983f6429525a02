// One picture with its text: what the model wrote, how sure it was, and where pages show it.

/** @import { Text, Use } from './texts.js' */

import { find } from './dom.js';
import { STATES } from './list.js';
import { unhedged } from './texts.js';
import { DraftWords } from './words.js';

const SURENESS = {
  sure: 'The model was sure of it.',
  unsure: 'The model was not sure of it.',
  hesitant: 'The model was guessing.',
};

export class Card {
  element = find(document, '#card', HTMLElement);
  field = find(document, '#text', HTMLTextAreaElement);
  #photo = find(document, '#photo', HTMLImageElement);
  #photoError = find(document, '#photo-error', HTMLElement);
  #words = new DraftWords({
    section: find(document, '#looks', HTMLElement),
    toolbar: find(document, '#words', HTMLElement),
    note: find(document, '#looks-note', HTMLElement),
    photo: this.#photo,
    overlay: find(document, '#overlay', HTMLElement),
  });
  /** What was typed and is not saved, by picture. @type {Map<string, string>} */
  #typed = new Map();
  /** @type {Text | undefined} */
  #text;

  constructor() {
    this.field.addEventListener('input', () => this.#text && this.#typed.set(this.#text.hash, this.field.value));
    this.#photo.addEventListener('error', () => this.#tellWhyNot());
  }

  /** @param {Text} text @param {string} position */
  show(text, position) {
    const before = this.#text;
    this.#text = text;
    this.element.hidden = false;
    if (before?.hash !== text.hash) {
      this.#photoError.hidden = true;
      this.#photo.hidden = false;
      this.#photo.src = `photos/${text.hash}`;
      this.#photo.alt = text.file;
      this.element.scrollTop = 0;
    }
    find(document, '#file', HTMLElement).textContent = text.file;
    find(document, '#position', HTMLElement).textContent = position;
    const state = find(document, '#state', HTMLElement);
    state.textContent = text.isReviewed ? STATES[text.state] : '';
    this.field.value = this.#typed.get(text.hash) ?? offered(text);
    this.field.placeholder = text.state === 'decoration' ? 'Decoration: the alt is empty.' : 'What does it show?';
    find(document, '#sureness', HTMLElement).textContent = sureness(text);
    const suggestion = find(document, '#suggestion', HTMLElement);
    suggestion.hidden = text.suggestion !== 'decoration' || text.isReviewed;
    suggestion.textContent = `It may be decoration: ${text.reason || 'the model was told so'}.`;
    this.#words.open(text.hash, unhedged(text.drafted));
    this.#showUses(text);
  }

  hide() {
    this.element.hidden = true;
  }

  /** Lets go what was typed of a picture: it is saved, or not wanted. @param {string} hash */
  forgetTyped(hash) {
    this.#typed.delete(hash);
  }

  /** @param {Text} text */
  #showUses({ uses, pages }) {
    const section = find(document, '#uses', HTMLElement);
    section.hidden = pages.length === 0;
    const named = new Set(uses.map(({ page }) => page));
    const others = pages.filter((page) => !named.has(page));
    const lines = [...uses.map(useLine), ...others.slice(0, 5 - Math.min(uses.length, 5))];
    const more = others.length - (lines.length - uses.length);
    if (more > 0) lines.push(`and ${more} more ${more === 1 ? 'page' : 'pages'}`);
    const rows = lines.map((line) => Object.assign(document.createElement('li'), { textContent: line }));
    find(section, 'ul', HTMLElement).replaceChildren(...rows);
  }

  async #tellWhyNot() {
    const { src } = this.#photo;
    const reason = await fetch(src).then(
      (response) => response.json(),
      () => ({ error: 'the command does not answer' }),
    );
    if (this.#photo.src !== src) return;
    this.#photo.hidden = true;
    this.#photoError.hidden = false;
    this.#photoError.textContent = `The photo cannot be shown: ${reason.error}.`;
  }
}

/** What stands in the field until something else is typed. @param {Text} text */
function offered({ text, isReviewed }) {
  return isReviewed ? text : unhedged(text);
}

/** @param {Text} text */
function sureness({ drafted, sureness, probability, text }) {
  if (!drafted) return 'The model has no text for it.';
  const share = probability === null ? '' : ` Of such texts ${Math.round(100 * probability)} % are good.`;
  const judged = sureness ? SURENESS[sureness] + share : '';
  return text === drafted ? judged : `The model wrote: ${drafted} ${judged}`;
}

/** @param {Use} use */
function useLine({ page, line, caption, link }) {
  const around = [caption && `in a figure: “${caption}”`, link && `in a link: “${link}”`].filter(Boolean);
  return [`${page}, line ${line}`, ...around].join(', ');
}
