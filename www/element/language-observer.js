// The language in which an element speaks: that of the text around it, whatever it becomes.

import { ENGLISH, loadLanguage } from '../view/language.js';

/** @import { Language } from '../view/language.js' */

export class LanguageObserver {
  #element;
  #onLanguage;
  /** Pages that change their language change it here. */
  #observer = new MutationObserver(() => void this.update());
  /** @type {string | undefined} */
  #tag;

  /** @param {HTMLElement} element @param {(language: Language) => void} onLanguage */
  constructor(element, onLanguage) {
    this.#element = element;
    this.#onLanguage = onLanguage;
  }

  observe() {
    this.#observer.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
    void this.update();
  }

  disconnect() {
    this.#observer.disconnect();
  }

  /** Finds out what is spoken now. */
  async update() {
    const tag = inheritedLanguage(this.#element);
    if (tag === this.#tag) return;
    this.#tag = tag;
    // Without the network English is better than nothing.
    const language = await loadLanguage(tag).catch(() => ENGLISH);
    // It may have become another meanwhile.
    if (tag === this.#tag) this.#onLanguage(language);
  }
}

/** The nearest `lang`, through shadow trees as well. @param {Element} element @returns {string} */
function inheritedLanguage(element) {
  const named = element.closest('[lang]');
  if (named) return named.getAttribute('lang') ?? '';
  const tree = element.getRootNode();
  return tree instanceof ShadowRoot ? inheritedLanguage(tree.host) : '';
}
