// Cards one below the other as one card.

/** @import { Card } from './card.js' */

import { make } from './elements.js';

/** @param {Card[]} cards @returns {Card} */
export function inOne(cards) {
  const element = make('div', 'inside-stack');
  element.append(...cards.map((card) => card.element));
  return {
    element,
    show() {
      for (const card of cards) card.show();
    },
    hide() {
      for (const card of cards) card.hide();
    },
    pictures: () => cards.flatMap((card) => card.pictures()),
  };
}
