// Cards one below the other as one card.

/** @import { Card } from './card.js' */

import { make } from './elements.js';

/** @param {Card[]} cards @returns {Card} */
export function inOne(cards) {
  const element = make('div', 'inside-stack');
  element.append(...cards.map((card) => card.element));
  // What the reader was at last is what is saved alone.
  let [used] = cards;
  for (const card of cards) {
    for (const type of ['click', 'focusin']) card.element.addEventListener(type, () => (used = card));
  }
  return {
    element,
    show() {
      for (const card of cards) card.show();
    },
    hide() {
      for (const card of cards) card.hide();
    },
    pictures: () => [used, ...cards.filter((card) => card !== used)].flatMap((card) => card.pictures()),
  };
}
