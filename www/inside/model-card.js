// To come.

/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { make } from './elements.js';

export const STYLE = '';

export class ModelCard {
  element = make('div', 'inside-section');
  #inside;

  /** @param {Inside} inside @param {number} [stage] */
  constructor(inside, stage) {
    this.#inside = inside;
    void stage;
  }

  show() {
    void this.#inside;
  }

  hide() {}

  /** @returns {Picture[]} */
  pictures() {
    return [];
  }
}
