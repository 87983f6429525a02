// "Look inside": a dialog about one photo. The photo's way through the network is a row of tabs; what a tab stands for
// opens below it. Nothing of this folder is fetched before somebody opens it, and no card before its tab is opened.

/** @import { InsideOptions } from './card.js' */
/** @import { Opened } from './tabs.js' */

import { save } from '../view/save.js';
import { button, make } from './elements.js';
import { Inside } from './inside.js';
import { STYLE } from './style.js';
import { tabsOf } from './tabs.js';
import { Way } from './way.js';
import { Zip } from './zip.js';

/** @type {Promise<Panel> | undefined} */
let opening;

/**
 * Opens it, once for who asks again meanwhile. Resolves when it is open; `closed` of what it resolves to, when the reader
 * has closed it.
 * @param {InsideOptions} options
 */
export function openInside(options) {
  opening ??= prepared(options).finally(() => (opening = undefined));
  return opening;
}

/** @param {InsideOptions} options */
async function prepared(options) {
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
  #saved = make('p', 'quiet');
  /** Those that were opened so far, by the name of the tab. @type {Map<string, Opened>} */
  #opened = new Map();
  #current = '';
  /** Of the document or the shadow tree, with the cards' own. */
  #sheet = new CSSStyleSheet();
  #styles = new Set([STYLE]);
  /** @type {PromiseWithResolvers<void>} */
  #closed = Promise.withResolvers();

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#tabs = tabsOf(inside);
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
    const one = button(inside.text('inside.save'), () => void this.#saving(() => this.#save()));
    const all = button(inside.text('inside.save-all'), () => void this.#saving(() => this.#saveAll()));
    const foot = make('div', 'inside-foot');
    this.#saved.role = 'status';
    foot.append(this.#saved, one, all);
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
    const root = /** @type {Document | ShadowRoot} */ (host.getRootNode());
    this.#sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.#sheet];
    void this.closed.then(() => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== this.#sheet);
    });
    host.append(this.#dialog);
    this.#dialog.showModal();
    const first = card && this.#tabs.has(card) ? card : [...this.#tabs.keys()][0];
    this.#way.select(first);
    this.#way.focus();
    void this.#show(first);
  }

  /** @param {string} name */
  async #show(name) {
    if (name === this.#current) return;
    this.#opened.get(this.#current)?.card.hide();
    this.#current = name;
    const panel = this.#panel(name);
    this.#body.replaceChildren(panel);
    try {
      const { card } = this.#opened.get(name) ?? (await this.#open(name));
      if (name !== this.#current || this.#inside.signal.aborted) return;
      panel.append(card.element);
      card.show();
      void this.#way.fill();
    } catch (error) {
      if (name === this.#current) this.#fail(panel, name);
      console.warn(error);
    }
  }

  /** Without a network a card may not come. @param {HTMLElement} panel @param {string} name */
  #fail(panel, name) {
    const again = button(this.#inside.text('inside.again'), () => {
      this.#current = '';
      void this.#show(name);
      this.#way.focus();
    });
    const line = make('p', 'inside-buttons');
    line.role = 'alert';
    line.append(make('span', 'error', this.#inside.text('inside.failed')), again);
    panel.replaceChildren(line);
  }

  /** @param {string} name */
  #panel(name) {
    const panel = make('section', 'inside-card');
    panel.role = 'tabpanel';
    panel.id = `inside-panel-${name}`;
    panel.tabIndex = -1;
    panel.setAttribute('aria-labelledby', `inside-tab-${name}`);
    return panel;
  }

  /** @param {string} name */
  async #open(name) {
    const tab = /** @type {import('./tabs.js').Tab} */ (this.#tabs.get(name));
    const opened = await tab();
    for (const style of opened.styles) this.#styles.add(style);
    this.#sheet.replaceSync([...this.#styles].join('\n'));
    this.#opened.set(name, opened);
    return opened;
  }

  #pictures() {
    return this.#opened.get(this.#current)?.card.pictures() ?? [];
  }

  /** @param {() => Promise<boolean>} make whether there was anything to save */
  async #saving(make) {
    this.#saved.textContent = '';
    try {
      if (!(await make())) this.#saved.textContent = this.#inside.text('inside.no-picture');
    } catch (error) {
      console.warn(error);
      this.#saved.textContent = this.#inside.text('inside.failed');
    }
  }

  async #save() {
    const [picture] = this.#pictures();
    if (picture) save(`${this.#fileName(picture.name)}.png`, await asPng(picture.canvas));
    return Boolean(picture);
  }

  async #saveAll() {
    const archive = new Zip();
    for (const picture of this.#pictures()) {
      // Some are drawn when they are asked for: one at a time, and the reader is answered between.
      const content = new Uint8Array(await (await asPng(picture.canvas)).arrayBuffer());
      archive.add(`${picture.name}.png`, content);
    }
    if (!archive.isEmpty) save(`${this.#fileName(this.#current)}.zip`, archive.blob());
    return !archive.isEmpty;
  }

  /** @param {string} what */
  #fileName(what) {
    return `${this.#inside.photo.name.replace(/\.[^.]*$/, '')}-${what}`;
  }

  #end() {
    for (const { card } of this.#opened.values()) card.hide();
    this.#opened.clear();
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
