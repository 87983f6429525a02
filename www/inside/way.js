// The photo's way through the network, as a row of tabs: the input, the stem, each stage, the grid, the words; and what
// is about all of them behind it.

/** @import { StageMaps } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { make } from './elements.js';
import { canvasOf, channelOf, contextOf, drawGrey } from './picture.js';
import { inSlices } from './slices.js';

/** Pixels along a picture's sides. */
const SIDE = 112;

export class Way {
  element = make('div', 'inside-way');
  #inside;
  #onSelect;
  #isFilled = false;
  /** @type {Map<string, HTMLButtonElement>} */
  #tabs = new Map();

  /** @param {Inside} inside @param {string[]} names @param {(name: string) => void} onSelect */
  constructor(inside, names, onSelect) {
    this.#inside = inside;
    this.#onSelect = onSelect;
    this.element.role = 'tablist';
    this.element.setAttribute('aria-label', inside.text('inside.way'));
    for (const name of names) this.#tabs.set(name, this.#tab(name));
    this.element.append(...this.#tabs.values());
    this.element.addEventListener('keydown', (event) => this.#onKeydown(event));
    this.#begin();
    void this.fill();
  }

  /** Marks a tab as the one that is open. @param {string} name */
  select(name) {
    for (const [other, tab] of this.#tabs) {
      const isOpen = other === name;
      tab.ariaSelected = String(isOpen);
      tab.tabIndex = isOpen ? 0 : -1;
    }
    this.#reveal();
  }

  /** The tab that is open is seen, whatever its neighbours have become. */
  #reveal() {
    this.#open?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  get #open() {
    return [...this.#tabs.values()].find((tab) => tab.ariaSelected === 'true');
  }

  focus() {
    this.#open?.focus();
  }

  /** @param {string} name */
  #tab(name) {
    const tab = make('button', 'inside-tab');
    tab.id = `inside-tab-${name}`;
    tab.role = 'tab';
    tab.setAttribute('aria-controls', `inside-panel-${name}`);
    tab.dataset.name = name;
    const isOnTheWay = !['layers', 'filters', 'models'].includes(name);
    if (isOnTheWay) tab.append(make('span', 'inside-picture'));
    tab.append(make('span', 'inside-name', this.#inside.tabName(name)), make('span', 'inside-facts'));
    tab.addEventListener('click', () => this.#choose(name));
    return tab;
  }

  /** @param {string} name */
  #choose(name) {
    this.select(name);
    this.#onSelect(name);
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const names = [...this.#tabs.keys()];
    const at = names.findIndex((name) => this.#tabs.get(name)?.ariaSelected === 'true');
    const forward = this.#inside.language.direction === 'rtl' ? -1 : 1;
    /** @type {Record<string, number>} */
    const places = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: names.length - 1 };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const name = names[(place + names.length) % names.length];
    this.#choose(name);
    this.#tabs.get(name)?.focus();
  }

  /** Pictures and figures, as soon as they are there; again where they could not be computed. */
  async fill() {
    if (this.#isFilled) return;
    this.#isFilled = true;
    const inside = this.#inside;
    try {
      const { input, stages } = await inside.maps();
      this.#show('input', shapeOf(input.shape));
      await inSlices(stages.entries(), ([index, maps]) => this.#fillStage(inside.stageTab(index), maps), inside.signal);
    } catch {
      // The card says so.
      this.#isFilled = false;
    }
  }

  /** What is known already. */
  #begin() {
    const inside = this.#inside;
    this.#show('words', inside.time(inside.caption.timings.words));
    const words = make('span', 'inside-words', inside.sentence.slice(0, 4).join(' '));
    [words.lang, words.dir] = ['en', 'ltr'];
    this.#tabs.get('words')?.firstElementChild?.append(words);
    this.#tabs.get('input')?.firstElementChild?.append(inside.square(SIDE));
  }

  /** @param {string} name @param {StageMaps} maps */
  #fillStage(name, maps) {
    const inside = this.#inside;
    const picture = canvasOf(SIDE, SIDE);
    const [strongest] = inside.order(maps);
    const context = contextOf(picture);
    context.imageSmoothingEnabled = false;
    context.drawImage(drawGrey(channelOf(maps, strongest), maps.shape[2]), 0, 0, SIDE, SIDE);
    const tab = this.#tabs.get(name);
    tab?.firstElementChild?.append(picture);
    if (tab) tab.title = inside.multiplyAdds(maps.multiplyAdds);
    const millions = inside.text('inside.millions-short', { count: inside.millions(maps.multiplyAdds) });
    this.#show(name, shapeOf(maps.shape), `${millions} · ${inside.time(maps.milliseconds)}`);
  }

  /** @param {string} name @param {...string} facts */
  #show(name, ...facts) {
    const lines = this.#tabs.get(name)?.lastElementChild;
    const made = facts.map((fact) => make('span', '', fact));
    // Channels, rows and columns come in this order, whatever the language.
    for (const fact of made) if (fact.textContent?.includes('×')) fact.dir = 'ltr';
    lines?.replaceChildren(...made);
    this.#reveal();
  }
}

/** @param {number[]} shape channels, rows, columns */
export function shapeOf(shape) {
  return shape.join('×');
}
