// What the page's address asks for besides a model: a sample as the photo, and what is to be seen inside of it. A
// teacher can send such a link.

/** @import { About } from '../protocol.js' */
/** @import { ShippedModel } from './models.js' */
/** @typedef {{ sample?: string, card?: string, compared: string[], unknown: string[] }} Wanted */

import { SAMPLES } from './samples.js';

/** Those of any model; how many stages there are is each model's own. */
const CARDS = /^(input|stem|stage[1-9]\d*|grid|words|layers|filters|models)$/;

/** Of names that are not here only which they are. @param {ShippedModel[]} shipped @returns {Wanted} */
export function readAddress(shipped) {
  const parameters = new URLSearchParams(location.search);
  const sample = parameters.get('sample') ?? undefined;
  const models = parameters.get('models')?.split(',').filter(Boolean) ?? [];
  const card = models.length ? 'models' : (parameters.get('inside') ?? undefined);
  const isSample = SAMPLES.some(({ name }) => name === sample);
  const isCard = CARDS.test(card ?? '');
  const compared = models.filter((wanted) => shipped.some(({ name }) => name === wanted));
  return {
    sample: isSample ? sample : undefined,
    card: isCard ? card : undefined,
    compared,
    unknown: [
      ...(sample === undefined || isSample ? [] : [sample]),
      ...(card === undefined || isCard ? [] : [card]),
      ...models.filter((name) => !compared.includes(name)),
    ],
  };
}

/** Whether what is inside a model has such a card. @param {string} card @param {Pick<About, 'stages'>} [about] */
export function isCardOf(card, about) {
  const stage = Number(/\d+$/.exec(card)?.[0] ?? 0);
  return stage < (about?.stages ?? 1);
}

/** The address becomes a link to what is compared; what else it says stays. @param {string[]} models @param {string} [sample] */
export function writeCompared(models, sample) {
  const address = new URL(location.href);
  const { searchParams: parameters } = address;
  parameters.delete('models');
  // Nobody else has the reader's own photo.
  if (sample && models.length) {
    parameters.set('models', models.join(','));
    parameters.set('sample', sample);
  }
  // Commas may stand in an address as they are, and are easier to read.
  address.search = address.search.replaceAll('%2C', ',');
  history.replaceState(history.state, '', address);
}
