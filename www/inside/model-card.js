// The same photo through other models: their sentences, maps, times and sizes side by side. Of the others one is in
// memory at a time, and only as long as it captions.

/** @import { ComparedModel, Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { Captioner } from '../captioner.js';
import { bytesToFetch } from '../download.js';
import { folderUrl } from '../urls.js';
import { button, make } from './elements.js';
import { ModelColumn } from './model-column.js';
import { sideBySide } from './model-picture.js';

export const STYLE = `
.inside .model-columns {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr));
  gap: var(--space-4);
  align-items: start;
}

.inside .model-column {
  display: grid;
  gap: var(--space-3);
  min-inline-size: 0;
  padding: var(--space-4);
  border-radius: var(--round-panel);
  background: var(--sheet);
}

.inside .model-head {
  display: flex;
  gap: var(--space-2);
  align-items: center;
  justify-content: space-between;
  min-block-size: 40px;
}

.inside .model-head h3 {
  min-inline-size: 0;
  overflow-wrap: anywhere;
}

.inside .model-remove {
  min-inline-size: 40px;
  border-color: transparent;
  background: none;
}

.inside .model-sentence {
  font-size: var(--type-4);
  line-height: 1.3;
}

.inside .model-column progress {
  inline-size: 100%;
}

.inside .model-facts {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 2px var(--space-4);
  margin: 0;
  font-size: var(--type-2);
  font-variant-numeric: tabular-nums;
}

.inside .model-facts dt {
  color: var(--quiet);
}

.inside .model-facts dd {
  margin: 0;
}

.inside .model-maps {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(76px, 1fr));
  gap: var(--space-2);
  padding: 0;
  list-style: none;
}

.inside .model-maps li {
  display: grid;
  font-size: var(--type-1);
}

.inside .model-maps canvas {
  inline-size: 100%;
  border-radius: 6px;
}
`;

export class ModelCard {
  element = make('div', 'inside-section');
  #inside;
  #columns = make('div', 'model-columns');
  #choices = make('div', 'inside-buttons');
  #news = make('p', 'visually-hidden');
  /** In the order in which they are seen. @type {ModelColumn[]} */
  #shown = [];
  /** Of each column that waits, loads or computes. @type {Map<ModelColumn, AbortController>} */
  #work = new Map();
  /** What is being loaded now; the next waits for it. @type {Promise<void>} */
  #last = Promise.resolve();

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#news.role = 'status';
    this.element.append(
      make('h3', '', inside.text('inside.models')),
      make('p', '', inside.text('inside.models.why')),
      this.#columns,
      this.#choices,
      make('p', 'quiet', inside.text('inside.models.hint')),
      this.#news,
    );
  }

  show() {
    if (this.#shown.length) return;
    const { captioner, caption, options, signal } = this.#inside;
    const { name } = captioner.about;
    const known = options.models?.find((model) => model.name === name);
    const own = new ModelColumn(this.#inside, { ...known, name, model: known?.model ?? '' });
    this.#shown = [own];
    this.#columns.append(own.element);
    void own.showCaption(caption, signal);
    for (const compared of options.compared ?? []) {
      const model = this.#others().find((model) => model.name === compared);
      if (model) this.#add(model);
    }
    this.#offer();
  }

  hide() {
    for (const work of this.#work.values()) work.abort();
  }

  /** @returns {Picture[]} */
  pictures() {
    const told = this.#shown.flatMap((column) => column.told);
    const { fontFamily } = getComputedStyle(this.element);
    return told.length ? [{ name: 'models', canvas: sideBySide(this.#inside, told, fontFamily) }] : [];
  }

  /** Those that are not seen yet. */
  #others() {
    const isShown = (/** @type {ComparedModel} */ { name }) => this.#shown.some(({ model }) => model.name === name);
    return (this.#inside.options.models ?? []).filter((model) => !isShown(model));
  }

  /** A button for each of the others, and one for a folder. */
  #offer() {
    const inside = this.#inside;
    const buttons = this.#others().map((model) => {
      const add = button(inside.text('inside.models.add', { name: model.name }), () => this.#take(model));
      if (typeof model.model === 'string') void this.#tellFetch(add, model.name, model.model);
      return add;
    });
    const input = Object.assign(make('input', ''), { type: 'file', webkitdirectory: true, hidden: true });
    input.addEventListener('change', () => void this.#takeFolder([...(input.files ?? [])]));
    this.#choices.replaceChildren(
      ...buttons,
      button(inside.text('inside.models.folder'), () => input.click()),
      input,
    );
  }

  /** What would be fetched is known a moment later. @param {HTMLElement} add @param {string} name @param {string} model */
  async #tellFetch(add, name, model) {
    const bytes = await bytesToFetch(folderUrl(model)).catch(() => 0);
    const megabytes = this.#inside.language.megabytes(bytes);
    if (bytes) add.textContent = this.#inside.text('inside.models.add-fetch', { name, megabytes });
  }

  /** @param {ComparedModel} model */
  #take(model) {
    this.#add(model);
    this.#offer();
    // The button that was pressed is gone.
    this.#shown.at(-1)?.element.querySelector('button')?.focus();
  }

  /** @param {File[]} files */
  async #takeFolder(files) {
    if (!files.length) return;
    const name = files[0].webkitRelativePath.split('/')[0];
    this.#take({ name, model: files, quality: await qualityOf(files) });
  }

  /** @param {ComparedModel} model */
  #add(model) {
    const column = new ModelColumn(this.#inside, { ...model }, () => this.#remove(column));
    this.#shown.push(column);
    this.#columns.append(column.element);
    void this.#run(column);
    this.#tell();
  }

  /** @param {ModelColumn} column */
  #remove(column) {
    this.#work.get(column)?.abort();
    this.#shown = this.#shown.filter((other) => other !== column);
    column.element.remove();
    this.#offer();
    this.#choices.querySelector('button')?.focus();
    this.#tell();
  }

  #tell() {
    this.#inside.options.onCompare?.(this.#shown.map(({ model }) => model.name));
  }

  /** @param {ModelColumn} column */
  async #run(column) {
    const work = new AbortController();
    this.#work.set(column, work);
    column.showLoading(() => work.abort());
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers();
    this.#last = promise;
    try {
      await Promise.race([before, aborted(work.signal)]);
      await this.#caption(column, work.signal);
    } catch (error) {
      column.showFailure(error, () => void this.#run(column));
    }
    this.#work.delete(column);
    // Whoever is next waits for what is loaded before as well, where this was stopped in line.
    void before.then(() => resolve(undefined));
  }

  /** @param {ModelColumn} column @param {AbortSignal} signal */
  async #caption(column, signal) {
    const { captioner, options, photo } = this.#inside;
    const load = options.load ?? ((model, more) => Captioner.load({ model, ...more }));
    const onProgress = column.showProgress.bind(column);
    const other = await load(column.model.model, { device: captioner.device, signal, onProgress });
    try {
      column.showComputing();
      const { prefix: _, ...settings } = options.settings ?? {};
      const caption = await other.caption(photo.blob, { ...settings, anyPhoto: true, signal });
      this.#news.textContent = `${column.model.name}: ${caption.hedged}`;
      void column.showCaption(caption, signal);
    } finally {
      other.dispose();
    }
  }
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** CIDEr-D, where the model's files tell it. @param {File[]} files */
async function qualityOf(files) {
  try {
    const manifest = files.find(({ name }) => name === 'model.json');
    return JSON.parse((await manifest?.text()) ?? '{}').scores?.cider_d;
  } catch {
    return undefined;
  }
}
