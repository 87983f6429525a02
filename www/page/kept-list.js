// The models that this browser keeps: how large they are, since when, and under what licence; deleting one, and asking
// that all of them stay.

/** @import { KeptModel } from '../model-files.js' */

import { Captioner } from '../captioner.js';
import { find } from '../dom.js';
import { currentLanguage, text, translate } from './text.js';

const section = find(document, '#kept', HTMLElement);
const list = find(section, 'ul', HTMLElement);
const status = find(section, '[role=status]', HTMLElement);
const persist = find(section, '#persist', HTMLButtonElement);

export class KeptList {
  #onDeleted;
  /** What is in the list, and in which language. */
  #shown = '';
  /** Whether the list is being made, and whether it has to be made again after that. */
  #isUpdating = false;
  #isDue = false;
  /** What the reader's last wish came to, until the settings are closed. */
  #answer = () => '';

  /** @param {() => void} onDeleted */
  constructor(onDeleted) {
    this.#onDeleted = onDeleted;
    persist.addEventListener('click', () => void this.#persist());
    section.closest('dialog')?.addEventListener('close', () => {
      this.#answer = () => '';
    });
  }

  /** A model on its way asks for it with all that arrives. */
  async update() {
    this.#isDue = true;
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    while (this.#isDue) {
      this.#isDue = false;
      this.#show(await Captioner.keptModels());
    }
    this.#isUpdating = false;
  }

  /** @param {KeptModel[]} kept */
  #show(kept) {
    const { activeElement } = document;
    /** @type {(Element | null)[]} */
    const buttons = [...section.querySelectorAll('button')];
    const index = buttons.indexOf(activeElement);
    const shown = JSON.stringify([document.documentElement.lang, kept]);
    // A button that somebody is about to press stays the same.
    if (shown !== this.#shown) list.replaceChildren(...kept.map((model) => this.#itemOf(model)));
    this.#shown = shown;
    const isPersisted = kept.some(({ persisted }) => persisted);
    persist.hidden = !kept.length || isPersisted;
    const said = this.#answer() || text(kept.length ? (isPersisted ? 'kept.persisted' : 'kept.may-go') : 'kept.none');
    // The same again would be read out again.
    if (status.textContent !== said) status.textContent = said;
    if (index >= 0 && !activeElement?.checkVisibility()) this.#keepFocus(index);
  }

  /** @param {KeptModel} model */
  #itemOf(model) {
    const { content } = find(document, '#kept-item', HTMLTemplateElement);
    const item = /** @type {HTMLElement} */ (document.importNode(content, true).firstElementChild);
    translate(item);
    find(item, 'strong', HTMLElement).textContent = model.name;
    const facts = find(item, '.facts', HTMLElement);
    facts.textContent = factsOf(model);
    const license = find(item, '[lang]', HTMLElement);
    license.textContent = model.license;
    /** @type {HTMLElement} */ (license.parentElement).hidden = !model.license;
    const button = find(item, 'button', HTMLButtonElement);
    button.textContent = text('kept.delete', { name: model.name });
    button.addEventListener('click', () => void this.#delete(model));
    return item;
  }

  /** @param {KeptModel} model */
  async #delete({ url, name }) {
    await Captioner.deleteKeptModel(url);
    this.#answer = () => text('kept.deleted', { name });
    this.#onDeleted();
  }

  async #persist() {
    const isAgreed = await Captioner.persistKeptModels();
    this.#answer = () => (isAgreed ? '' : text('kept.refused'));
    void this.update();
  }

  /** Who works by keyboard goes on at what took the place of the control that was used. @param {number} index */
  #keepFocus(index) {
    const buttons = [...section.querySelectorAll('button')].filter((button) => !button.hidden);
    const next = buttons[index] ?? buttons.at(-1) ?? find(document, '#settings .close', HTMLButtonElement);
    next.focus();
  }
}

/** @param {KeptModel} model */
function factsOf({ bytes, date, complete }) {
  const { lang } = document.documentElement;
  const facts = [
    text('models.size', { megabytes: currentLanguage().megabytes(bytes) }),
    date ? text('kept.since', { date: dayOf(date, lang) }) : text('kept.undated'),
    ...(complete ? [] : [text('kept.part')]),
  ];
  return new Intl.ListFormat(lang, { type: 'unit' }).format(facts);
}

/** @param {Date} date @param {string} lang */
function dayOf(date, lang) {
  // Some browsers do not know what months are called in Burmese.
  if (!Intl.DateTimeFormat.supportedLocalesOf(lang).length) return date.toISOString().slice(0, 10);
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long' }).format(date);
}
