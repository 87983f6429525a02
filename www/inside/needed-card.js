// Where the model looked for a word, and what it needed: by how much less probable the word becomes where cells of the
// grid are hidden from the decoder.

/** @import { NeededWord } from '../protocol.js' */
/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { CaptionerError } from '../errors.js';
import { fullWeight } from '../view/interpolation.js';
import { labelled, photoCanvas } from './cell-picture.js';
import { Computation } from './computation.js';
import { button, make } from './elements.js';
import { STYLE as BOX_STYLE, NeededBox } from './needed-box.js';
import { STYLE as MAP_STYLE, NeededMap } from './needed-map.js';
import { greatest, NeededSentences, TINY } from './needed-said.js';

export { STYLE as GRID_STYLE } from './cell-grid.js';

export const STYLE = `${MAP_STYLE}${BOX_STYLE}
.inside .needed-pictures {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
  gap: var(--space-4) var(--space-5);
}

.inside .needed-pictures > div {
  display: grid;
  gap: var(--space-2);
  align-content: start;
}

.inside .needed-head {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-2);
  align-items: center;
  justify-content: space-between;
  min-block-size: 44px;
}

.inside .needed-said {
  font-size: var(--type-4);
  line-height: 1.4;
}

.inside .needed-words button {
  font-size: var(--type-4);
}
`;

export class NeededCard {
  element = make('div', 'inside-section');
  #inside;
  #say;
  #computing;
  #again;
  #box;
  /** @type {NeededWord[]} */
  #words = [];
  /** Cells whose run has not ended yet; none of them for that of the words alone. @type {number[] | undefined} */
  #pending = [];
  #chosen = -1;
  #isTheirs = false;
  #isBlocks = false;
  #toolbar = make('div', 'needed-words inside-buttons');
  #said = make('p', 'needed-said');
  #refusal = make('p', '');
  #body = make('div', 'inside-section');
  #lookedPart = make('div', '');
  #mostLooked = make('p', '');
  #mostNeeded = make('p', '');
  #rise = make('p', '');
  #looked;
  #cells;
  #blocks;
  #switch;

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#say = new NeededSentences(inside);
    this.#again = button(inside.text('inside.again'), () => void this.#computing.run());
    this.#again.hidden = true;
    this.#computing = new Computation(inside, (signal) => this.#compute(signal), this.#again);
    const { rows, cols } = inside.caption.grid;
    const grid = { rows, cols };
    const corners = { rows: Math.max(0, rows - 1), cols: Math.max(0, cols - 1) };
    const [looked, needed] = [this.#say.text('looked'), this.#say.text('needed')];
    const format = (/** @type {number} */ fall) => this.#say.fall(fall);
    this.#looked = new NeededMap(inside, { label: looked, grid, format: (share) => this.#say.percent(share) });
    this.#cells = new NeededMap(inside, { label: needed, grid, format });
    this.#blocks = new NeededMap(inside, { label: needed, grid: corners, isBetween: true, format });
    this.#box = new NeededBox(inside, grid, this.#say, (cells) => this.#ask(cells));
    this.#switch = ['cells', 'blocks'].map((name) => button(this.#say.text(name), () => this.#see(name === 'blocks')));
    this.#toolbar.role = 'toolbar';
    this.#toolbar.setAttribute('aria-label', inside.text('caption.words'));
    [this.#toolbar.lang, this.#toolbar.dir] = ['en', 'ltr'];
    this.#toolbar.addEventListener('keydown', (event) => this.#onKeydown(event));
    this.#fill(grid);
    this.#see(false);
  }

  show() {
    if (this.#pending) void this.#computing.run();
  }

  hide() {
    this.#computing.end();
  }

  /** That of the chosen word first. @returns {Picture[]} */
  pictures() {
    const order = [...this.#words.keys()].sort((a, b) => Number(b === this.#chosen) - Number(a === this.#chosen));
    return order.map((index) => this.#picture(index));
  }

  /** All that is seen. @param {import('./cell-grid.js').Grid} grid */
  #fill({ rows, cols }) {
    const buttons = make('div', 'inside-buttons');
    buttons.role = 'group';
    buttons.setAttribute('aria-label', this.#say.text('hidden'));
    buttons.append(...this.#switch);
    buttons.hidden = Math.min(rows, cols) < 2;
    const heads = ['looked', 'needed'].map((name) => {
      const head = make('div', 'needed-head');
      head.append(make('h3', '', this.#say.text(name)));
      return head;
    });
    heads[1].append(buttons);
    this.#lookedPart.append(heads[0], this.#looked.element, this.#mostLooked);
    const neededPart = make('div', '');
    neededPart.append(heads[1], this.#cells.element, this.#blocks.element, this.#mostNeeded, this.#rise);
    const pictures = make('div', 'needed-pictures');
    pictures.append(this.#lookedPart, neededPart);
    const own = [
      make('h3', '', this.#say.text('own')),
      make('p', 'quiet', this.#say.text('own-lead')),
      this.#box.element,
    ];
    this.#body.append(this.#said, pictures, ...own);
    this.#body.hidden = true;
    const computing = make('div', 'inside-buttons');
    computing.append(this.#again, this.#computing.element, this.#refusal);
    for (const result of [this.#said, this.#refusal]) result.role = 'status';
    const { hasAttention } = this.#inside.captioner.about;
    const lead = `${hasAttention ? this.#say.text('lead-looked') : ''} ${this.#say.text('lead')}`;
    const title = make('h2', '', this.#say.text(hasAttention ? 'title' : 'needed'));
    this.element.append(title, make('p', 'quiet', lead), this.#toolbar, computing, this.#body);
  }

  /** @param {AbortSignal} signal */
  async #compute(signal) {
    const cells = this.#pending ?? [];
    this.#again.hidden = true;
    signal.addEventListener('abort', () => {
      this.#again.hidden = !this.#pending;
    });
    try {
      await this.#inside.neededWithout(cells, signal, (words) => signal.aborted || this.#take(words));
    } catch (thrown) {
      if (CaptionerError.from(thrown).code !== 'bad-cells') throw thrown;
      this.#refusal.textContent = this.#say.text('refused');
    }
    if (!signal.aborted) this.#pending = undefined;
  }

  /** @param {NeededWord[]} words those that are there so far */
  #take(words) {
    if (words.at(-1)?.regions.length) this.#box.show(words);
    if (words.length <= this.#words.length) return;
    this.#words = [...words];
    const index = words.length - 1;
    this.#toolbar.append(this.#button(index));
    this.#body.hidden = false;
    // The word that needed a cell most tells most, until the reader chooses one.
    const isMore = this.#chosen < 0 || greatest(words[index].cells)[0] > greatest(words[this.#chosen].cells)[0];
    if (!this.#isTheirs && isMore) this.#choose(index);
  }

  /** @param {number} index */
  #button(index) {
    return button(this.#words[index].text, () => {
      this.#isTheirs = true;
      this.#choose(index);
    });
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = index;
    for (const [i, word] of [...this.#toolbar.children].entries()) {
      word.setAttribute('aria-pressed', String(i === index));
      /** @type {HTMLElement} */ (word).tabIndex = i === index ? 0 : -1;
    }
    const { looked, cells, blocks, agreement } = this.#words[index];
    this.#said.textContent = this.#say.probability(this.#words[index]);
    // The order of what is next to nothing says nothing.
    if (agreement !== null && greatest(cells)[0] >= TINY) {
      const [sentence, number] = this.#say.agreement(agreement);
      this.#said.append(` ${sentence} `, make('span', 'quiet', number));
    }
    this.#lookedPart.hidden = !looked;
    if (looked) {
      this.#looked.show(looked, fullWeight([[...looked]]));
      this.#mostLooked.textContent = this.#say.mostLooked(looked);
    }
    this.#cells.show(cells, fullFall(cells));
    if (blocks.length) this.#blocks.show(blocks, fullFall(blocks));
    this.#tellNeeded();
  }

  /** Cells alone, or blocks of them. @param {boolean} isBlocks */
  #see(isBlocks) {
    this.#isBlocks = isBlocks;
    for (const [i, button] of this.#switch.entries()) button.ariaPressed = String(Boolean(i) === isBlocks);
    this.#cells.element.hidden = isBlocks;
    this.#blocks.element.hidden = !isBlocks;
    if (this.#chosen >= 0) this.#tellNeeded();
  }

  #tellNeeded() {
    const { cells, blocks } = this.#words[this.#chosen];
    const falls = this.#isBlocks ? blocks : cells;
    this.#mostNeeded.textContent = this.#say.mostNeeded(falls, this.#isBlocks);
    this.#rise.textContent = this.#say.rise(falls, this.#isBlocks);
  }

  /** @param {number[]} cells */
  #ask(cells) {
    const { rows, cols } = this.#inside.caption.grid;
    const isAll = cells.length === rows * cols;
    this.#box.tell(isAll ? this.#say.text('something-left') : '');
    // Bars of a box that is not there any more do not come.
    if (isAll && !this.#pending) return;
    this.#pending = isAll ? [] : cells;
    void this.#computing.run();
  }

  /** Both maps of a word; drawn when it is asked for. @param {number} index @returns {Picture} */
  #picture(index) {
    const { text, looked, cells, blocks } = this.#words[index];
    const [map, falls] = this.#isBlocks ? [this.#blocks, blocks] : [this.#cells, cells];
    const word = this.#say.probability(this.#words[index]);
    const needed = this.#say.mostNeeded(falls, this.#isBlocks);
    const draw = () => {
      const paint = (/** @type {NeededMap} */ map, /** @type {Float32Array} */ values, /** @type {number} */ full) => {
        const canvas = photoCanvas(this.#inside.bitmap);
        map.paint(canvas, values, full);
        return canvas;
      };
      const pictures = [
        { canvas: paint(map, falls, fullFall(falls)), lines: [this.#say.text('needed'), needed, looked ? '' : word] },
      ];
      if (looked) {
        const canvas = paint(this.#looked, looked, fullWeight([[...looked]]));
        pictures.unshift({ canvas, lines: [this.#say.text('looked'), this.#say.mostLooked(looked), word] });
      }
      return labelled(pictures, this.#inside.language.direction);
    };
    return {
      name: `needed-${index + 1}-${text.replace(/[^a-z0-9]+/gi, '-')}`,
      get canvas() {
        return draw();
      },
    };
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const words = /** @type {HTMLElement[]} */ ([...this.#toolbar.children]);
    const here = words.indexOf(/** @type {HTMLElement} */ (event.target));
    const last = words.length - 1;
    /** @type {Record<string, number>} */
    const places = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last };
    const to = places[event.key];
    if (to === undefined || to < 0 || to > last) return;
    event.preventDefault();
    words[to].focus();
    words[to].click();
  }
}

/** The fall that is shown at its fullest: noise does not shine like a need. @param {Float32Array} falls */
function fullFall(falls) {
  return Math.max(TINY, ...falls.map(Math.abs));
}
