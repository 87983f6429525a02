// The models that ship, side by side, and the way from one to another; below them those that are kept. Fetched when
// somebody wants to see them.

/** @import { ListContext, ShippedModel } from './models.js' */

import { find } from '../dom.js';
import { missingBytes } from '../download.js';
import { KeptList } from './kept-list.js';
import { chooseAutomatically, expectedDevice, shippedChoice, shippedUrl } from './model-choice.js';
import { speeds } from './storage.js';
import { currentLanguage, number, text } from './text.js';

const automaticButton = find(document, '#automatic', HTMLButtonElement);

export class ModelList {
  #context;
  #items;
  /** Counts the updates, of which only the last may write. */
  #updates = 0;
  #kept = new KeptList(() => void this.update());

  /** @param {ListContext} context */
  constructor(context) {
    this.#context = context;
    const { content } = find(document, '#model-item', HTMLTemplateElement);
    this.#items = context.shipped.map((model) => {
      const item = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
      const facts = find(item, '.facts', HTMLElement);
      const button = find(item, '.use', HTMLButtonElement);
      find(item, 'strong', HTMLElement).textContent = model.name;
      facts.id = `facts-${model.name}`;
      button.setAttribute('aria-describedby', facts.id);
      onClick(button, () => void this.#use(model.name));
      return { model, item, facts, button };
    });
    find(document, '#models ul', HTMLElement).replaceChildren(...this.#items.map(({ item }) => item));
    onClick(automaticButton, () => void this.#use());
  }

  /** @param {string} [name] none where the page is to choose */
  async #use(name) {
    const { shipped, state, load, stay } = this.#context;
    const choice = name ? shippedChoice(name, 'choice.reader') : await chooseAutomatically(shipped);
    const { active, pending } = state();
    if (active && name && name === pending?.choice.name) return stay();
    if (choice.name !== active?.choice.name) return load(choice);
    stay(name ? undefined : choice);
  }

  async update() {
    this.#updates += 1;
    const update = this.#updates;
    void this.#kept.update();
    const { shipped, state } = this.#context;
    const [automatic, expected, ...missing] = await Promise.all([
      chooseAutomatically(shipped),
      expectedDevice(),
      ...shipped.map(({ name, files }) => missingBytes(shippedUrl(name), files)),
    ]);
    if (update !== this.#updates) return;
    const { active, pending } = state();
    const choice = (active ?? pending)?.choice;
    const device = active?.captioner.device ?? expected;
    const label = (/** @type {string} */ key, /** @type {string} */ name) => {
      const bytes = missing[shipped.findIndex((model) => model.name === name)];
      return text(bytes ? `${key}-fetch` : key, { name, megabytes: currentLanguage().megabytes(bytes) });
    };
    for (const { model, item, facts, button } of this.#items) {
      const { name } = model;
      const isCurrent = name === choice?.name;
      facts.textContent = factsOf(model, device);
      // Loading can be stopped where another model goes on meanwhile.
      const loading = name === pending?.choice.name && (active ? 'models.stop' : 'models.loading');
      const key = loading || (isCurrent && 'models.current');
      button.textContent = key ? text(key, { name }) : label('models.use', name);
      setDisabled(button, isCurrent && !(active && pending));
      item.ariaCurrent = isCurrent ? 'true' : null;
    }
    automaticButton.textContent = label('models.automatic', automatic.name);
    setDisabled(automaticButton, Boolean(choice?.isAutomatic && !(active && pending)));
  }
}

/** A button that cannot be used keeps the keyboard's place. @param {HTMLElement} button @param {boolean} isDisabled */
function setDisabled(button, isDisabled) {
  button.ariaDisabled = isDisabled ? 'true' : null;
}

/** @param {HTMLElement} button @param {() => void} listener */
function onClick(button, listener) {
  button.addEventListener('click', () => button.ariaDisabled !== 'true' && listener());
}

/** @param {ShippedModel} model @param {string} device */
function factsOf({ name, files, scores }, device) {
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const times = speeds()[`${name} ${device}`]?.toSorted((one, other) => one - other) ?? [];
  const seconds = number(times[times.length >> 1] / 1000, { maximumSignificantDigits: 2 });
  const score = number(scores.cider_d, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const facts = [
    // Not known where the build's list could not be had.
    ...(bytes ? [text('models.size', { megabytes: currentLanguage().megabytes(bytes) })] : []),
    text(times.length ? 'models.speed' : 'models.untimed', { seconds, device: text(`device.${device}`) }),
    text(scores.cider_d === undefined ? 'models.unscored' : 'models.quality', { score }),
  ];
  return new Intl.ListFormat(document.documentElement.lang, { type: 'unit' }).format(facts);
}
