// The channels of a stage as a wall of tiles, strongest first, a page at a time.

/** @import { FeatureMap } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { button, make } from './elements.js';
import { canvasOf, channelOf, contextOf, drawGrey } from './picture.js';
import { inSlices } from './slices.js';

/** Tiles of a page, and of one on a narrow screen. */
const [TILES, FEW_TILES] = [48, 24];
/** Columns of a saved page, pixels along a tile's sides, and those of what stands below it and between tiles. */
const [COLUMNS, SIDE, LABEL, GAP] = [8, 224, 32, 12];
/** Numbers along a map's sides from which on a tile has fewer pixels. */
const FINE = 56;

export class ChannelWall {
  element = make('div', 'inside-section');
  #inside;
  #stage;
  #maps;
  #order;
  #onChoose;
  #count = matchMedia('(width < 720px)').matches ? FEW_TILES : TILES;
  #page = 0;
  /** The channel that is enlarged. */
  chosen;
  #list = make('ul', 'inside-tiles stage-tiles');
  /** Of the page, by channel. @type {Map<number, HTMLButtonElement>} */
  #tiles = new Map();
  #place = make('span', 'quiet');
  #drawing = new AbortController();

  /** @param {Inside} inside @param {number} stage @param {FeatureMap} maps @param {(channel: number) => void} onChoose */
  constructor(inside, stage, maps, onChoose) {
    this.#inside = inside;
    this.#stage = stage;
    this.#maps = maps;
    this.#order = inside.order(maps);
    this.#onChoose = onChoose;
    this.chosen = this.#order[0];
    this.#list.classList.toggle('fine', maps.shape[2] >= FINE);
    this.#list.ariaLabel = inside.text('inside.stage.wall');
    this.#list.addEventListener('keydown', (event) => this.#onKeydown(event));
    this.#place.role = 'status';
    const pages = make('div', 'inside-buttons');
    pages.hidden = this.#pages === 1;
    pages.append(
      button(inside.text('inside.stage.previous'), () => this.#turn(-1)),
      this.#place,
      button(inside.text('inside.stage.next'), () => this.#turn(1)),
    );
    this.element.append(this.#list, pages);
    inside.muted.addEventListener('change', () => this.#showMuted());
  }

  get #pages() {
    return Math.ceil(this.#order.length / this.#count);
  }

  /** The channels of the page. */
  get channels() {
    return this.#order.slice(this.#page * this.#count, (this.#page + 1) * this.#count);
  }

  show() {
    this.hide();
    this.#drawing = new AbortController();
    this.#tiles = new Map(this.channels.map((channel) => [channel, this.#tile(channel)]));
    for (const tile of this.#tiles.values()) {
      const item = make('li', '');
      item.append(tile);
      this.#list.append(item);
    }
    const place = { page: this.#inside.number(this.#page + 1), pages: this.#inside.number(this.#pages) };
    this.#place.textContent = this.#inside.text('inside.stage.page', place);
    this.#showMuted();
    this.#showChosen();
    const draw = (/** @type {number} */ channel) => {
      drawGrey(channelOf(this.#maps, channel), this.#maps.shape[2], this.#pictureOf(channel));
    };
    void inSlices(this.channels, draw, this.#drawing.signal);
  }

  hide() {
    this.#drawing.abort();
    this.#tiles.clear();
    this.#list.replaceChildren();
  }

  /** The page as one picture, each channel with its number. */
  picture() {
    const { channels } = this;
    const draw = () => this.#draw(channels);
    const name = `${this.#inside.stageTab(this.#stage)}-channels-page-${this.#page + 1}`;
    return {
      name,
      get canvas() {
        return draw();
      },
    };
  }

  /** @param {number[]} channels */
  #draw(channels) {
    const columns = Math.min(COLUMNS, channels.length);
    const rows = Math.ceil(channels.length / columns);
    const canvas = canvasOf(columns * (SIDE + GAP) + GAP, rows * (SIDE + LABEL + GAP) + GAP);
    const context = contextOf(canvas);
    context.fillStyle = 'white';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = 'black';
    context.font = '22px sans-serif';
    context.textAlign = 'center';
    context.imageSmoothingEnabled = false;
    for (const [place, channel] of channels.entries()) {
      const x = GAP + (place % columns) * (SIDE + GAP);
      const y = GAP + Math.floor(place / columns) * (SIDE + LABEL + GAP);
      context.drawImage(this.#pictureOf(channel), x, y, SIDE, SIDE);
      context.fillText(this.#inside.channelNumber(channel), x + SIDE / 2, y + SIDE + LABEL - 8);
    }
    return canvas;
  }

  /** @param {number} channel */
  #pictureOf(channel) {
    return /** @type {HTMLCanvasElement} */ (this.#tiles.get(channel)?.firstElementChild);
  }

  /** @param {number} channel */
  #tile(channel) {
    const tile = button('', () => this.#choose(channel));
    const picture = canvasOf(1, 1);
    picture.ariaHidden = 'true';
    tile.append(picture, make('span', '', this.#inside.channelNumber(channel)));
    return tile;
  }

  /** @param {number} channel */
  #choose(channel) {
    this.chosen = channel;
    this.#showChosen();
    this.#onChoose(channel);
  }

  #showChosen() {
    const reached = this.#tiles.has(this.chosen) ? this.chosen : this.channels[0];
    for (const [channel, tile] of this.#tiles) {
      tile.ariaPressed = String(channel === this.chosen);
      tile.tabIndex = channel === reached ? 0 : -1;
    }
  }

  #showMuted() {
    const inside = this.#inside;
    for (const [channel, tile] of this.#tiles) {
      const isMuted = inside.muted.has(this.#stage, channel);
      tile.classList.toggle('muted', isMuted);
      const number = inside.channelNumber(channel);
      tile.ariaLabel = inside.text(isMuted ? 'inside.stage.muted-channel' : 'inside.stage.channel', { number });
    }
  }

  /** Behind the last page comes the first. @param {number} step */
  #turn(step) {
    this.#page = (this.#page + step + this.#pages) % this.#pages;
    this.show();
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const tiles = [...this.#tiles];
    const at = tiles.findIndex(([, tile]) => tile === event.target);
    const [, first] = tiles[0];
    const columns = tiles.filter(([, tile]) => tile.offsetTop === first.offsetTop).length;
    const forward = this.#inside.language.direction === 'rtl' ? -1 : 1;
    /** @type {Record<string, number>} */
    const places = {
      ArrowRight: at + forward,
      ArrowLeft: at - forward,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: tiles.length - 1,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    if (!tiles[place]) return;
    const [channel, tile] = tiles[place];
    this.#choose(channel);
    tile.focus();
  }
}
