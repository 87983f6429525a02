// Which model, and why: what the address says, else what the reader chose before, else what suits the device.

/** @import { Choice, ShippedModel } from './models.js' */

import { chooseDevice } from '../device.js';
import { FULL, LITE, SHIPPED } from '../shipped-models.js';
import { recall, remember } from './storage.js';

const STORAGE_KEY = 'sightline-model';
/** The reason of a choice that is remembered. */
const READER = 'choice.reader';

/**
 * In GB, which browsers round to a power of two. The ResNet-50 takes 200 MB and more, for weights are 32 bits wide in
 * memory; with 4 GB, systems end pages of that size while others are open.
 */
const LITTLE_MEMORY = 4;

/** What the build says of the models; their names alone where it cannot be had. @returns {Promise<ShippedModel[]>} */
export async function loadShippedModels() {
  try {
    return await (await fetch(new URL('models/index.json', document.baseURI))).json();
  } catch {
    return SHIPPED.map((name) => ({ name, files: [], scores: {} }));
  }
}

/** The address of a model that ships. @param {string} name */
export function shippedUrl(name) {
  return new URL(`models/${name}/`, document.baseURI).href;
}

/** @param {string} name of a model that ships @param {string} why @returns {Choice} */
export function shippedChoice(name, why) {
  return { name, model: shippedUrl(name), why };
}

/** @param {ShippedModel[]} shipped @returns {Promise<Choice>} */
export async function chooseModel(shipped) {
  const named = (/** @type {string | null} */ wanted, /** @type {string} */ why) =>
    shipped.some(({ name }) => name === wanted) && shippedChoice(String(wanted), why);
  const address = new URLSearchParams(location.search).get('model');
  if (address) return named(address, 'choice.address') || { name: address, model: address, why: 'choice.elsewhere' };
  return named(recall(STORAGE_KEY), READER) || chooseAutomatically(shipped);
}

/** Whether each megabyte may cost something, so that none is fetched before there is a photo. */
export function savesData() {
  const { connection } = /** @type {any} */ (navigator);
  return Boolean(connection?.saveData) || connection?.type === 'cellular';
}

/** @param {ShippedModel[]} shipped @returns {Promise<Choice>} */
export async function chooseAutomatically(shipped) {
  const { connection, deviceMemory } = /** @type {any} */ (navigator);
  const [wanted, why] = connection?.saveData
    ? [LITE, 'choice.save-data']
    : deviceMemory <= LITTLE_MEMORY
      ? [LITE, 'choice.memory']
      : (await expectedDevice()) === 'webgpu'
        ? [FULL, 'choice.gpu']
        : [LITE, 'choice.cpu'];
  // A host may have only one of them.
  const { name } = shipped.find(({ name }) => name === wanted) ?? shipped[0] ?? { name: FULL };
  return { ...shippedChoice(name, why), isAutomatic: true };
}

/** Where the photo will be encoded. A software adapter is no GPU, even for those who ask for it by name. */
export function expectedDevice() {
  return chooseDevice(new URLSearchParams(location.search).get('device') === 'cpu' ? 'cpu' : 'auto');
}

/** For the next visit, when the address, which would win, must not name another. @param {Choice} choice */
export function rememberChoice({ name, why, isAutomatic }) {
  if (!isAutomatic && why !== READER) return;
  remember(STORAGE_KEY, isAutomatic ? '' : name);
  const address = new URL(location.href);
  if (!address.searchParams.has('model')) return;
  address.searchParams.delete('model');
  history.replaceState(history.state, '', address);
}
