// "Look inside": a dialog about one photo. The photo's way through the network is a row of tabs; what a tab stands for
// opens below it. Nothing of this folder is fetched before somebody opens the first.

/** @import { Card, InsideOptions } from './card.js' */

import { save } from '../view/save.js';
import { button, make } from './elements.js';
import { Inside } from './inside.js';
import { STYLE } from './style.js';
import { cardsOf } from './tabs.js';
import { Way } from './way.js';
import { zip } from './zip.js';

/**
 * Opens it. Resolves when it is open; `closed` of what it resolves to, when the reader has closed it.
 * @param {InsideOptions} options
 */
export async function openInside(options) {
  const inside = new Inside(options);
  await inside.prepare();
  const panel = new Panel(inside);
  panel.open();
  return panel;
}

class Panel {
  #inside;
  #dialog = document.createElement('dialog');
  #way;
  #tabs;
  #body = make('div', 'inside-body');
  /** Those that were opened so far, by the name of the tab. @type {Map<string, { card: Card, element: HTMLElement }>} */
  #cards = new Map();
  #current = '';
  /** @type {PromiseWithResolvers<void>} */
  #closed = Promise.withResolvers();

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#tabs = cardsOf(inside);
    this.#way = new Way(inside, [...this.#tabs.keys()], (name) => void this.#show(name));
    const {
      language,
      caption: { hedged },
    } = inside;
    const dialog = this.#dialog;
    dialog.className = 'inside';
    dialog.dir = language.direction;
    dialog.lang = language.tag;
    const title = make('h2', 'inside-title', inside.text('inside.title'));
    title.id = 'inside-title';
    dialog.setAttribute('aria-labelledby', title.id);
    const close = make('button', 'inside-close');
    close.setAttribute('aria-label', inside.text('inside.close'));
    close.append(make('span', '', '×'));
    close.addEventListener('click', () => dialog.close());
    const caption = make('p', 'inside-sentence', hedged);
    [caption.lang, caption.dir] = ['en', 'ltr'];
    const one = button(inside.text('inside.save'), () => this.#save());
    const all = button(inside.text('inside.save-all'), () => this.#saveAll());
    const foot = make('div', 'inside-foot');
    foot.append(one, all);
    const head = make('div', 'inside-head');
    head.append(title, caption, close);
    dialog.append(head, this.#way.element, this.#body, foot);
    dialog.addEventListener('close', () => this.#end());
  }

  get closed() {
    return this.#closed.promise;
  }

  close() {
    this.#dialog.close();
  }

  open() {
    const { host, card } = this.#inside.options;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([STYLE, ...new Set([...this.#tabs.values()].flatMap(({ styles }) => styles))].join('\n'));
    const root = /** @type {Document | ShadowRoot} */ (host.getRootNode());
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    void this.closed.then(() => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    });
    host.append(this.#dialog);
    this.#dialog.showModal();
    const first = card && this.#tabs.has(card) ? card : [...this.#tabs.keys()][0];
    this.#way.select(first);
    void this.#show(first);
  }

  /** @param {string} name */
  async #show(name) {
    if (name === this.#current) return;
    this.#cards.get(this.#current)?.card.hide();
    this.#current = name;
    const shown = this.#cards.get(name) ?? this.#make(name);
    this.#body.replaceChildren(shown.element);
    shown.card.show();
  }

  /** @param {string} name */
  #make(name) {
    const tab = /** @type {import('./tabs.js').Tab} */ (this.#tabs.get(name));
    const card = tab.create();
    const element = make('section', 'inside-card');
    element.id = `inside-card-${name}`;
    element.role = 'tabpanel';
    element.tabIndex = -1;
    element.setAttribute('aria-labelledby', `inside-tab-${name}`);
    element.append(card.element);
    const made = { card, element };
    this.#cards.set(name, made);
    return made;
  }

  #pictures() {
    return this.#cards.get(this.#current)?.card.pictures() ?? [];
  }

  async #save() {
    const [picture] = this.#pictures();
    if (picture) save(`${this.#fileName(picture.name)}.png`, await asPng(picture.canvas));
  }

  async #saveAll() {
    const files = [];
    for (const { name, canvas } of this.#pictures()) {
      const content = new Uint8Array(await (await asPng(canvas)).arrayBuffer());
      files.push({ name: `${name}.png`, content });
    }
    if (files.length) save(`${this.#fileName(this.#current)}.zip`, zip(files));
  }

  /** @param {string} what */
  #fileName(what) {
    return `${this.#inside.photo.name.replace(/\.[^.]*$/, '')}-${what}`;
  }

  #end() {
    for (const { card } of this.#cards.values()) card.hide();
    this.#cards.clear();
    this.#inside.end();
    this.#dialog.remove();
    this.#closed.resolve();
  }
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
function asPng(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('there is no memory for a picture'))),
      'image/png',
    );
  });
}
