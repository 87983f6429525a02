// One channel, enlarged: its map alone and as light over the photo, and which photos it answers to.

/** @import { FeatureMap } from '../protocol.js' */
/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { AnsweringPhotos } from './answering-photos.js';
import { button, make } from './elements.js';
import { canvasOf, channelOf, drawGrey, drawLight, enlarged, figuresOf } from './picture.js';

export class ChannelView {
  element = make('div', 'inside-section');
  #inside;
  #stage;
  #maps;
  #channel = 0;
  #title = make('h4', '');
  #mute;
  #figures = make('p', 'quiet');
  #alone = canvasOf(1, 1);
  #light;
  #photos;

  /** @param {Inside} inside @param {number} stage @param {FeatureMap} maps */
  constructor(inside, stage, maps) {
    this.#inside = inside;
    this.#stage = stage;
    this.#maps = maps;
    this.#mute = button(inside.text('inside.stage.mute'), () => {
      inside.muted.set(stage, [this.#channel], !inside.muted.has(stage, this.#channel));
    });
    this.#light = canvasOf(inside.bitmap.width, inside.bitmap.height);
    this.#photos = new AnsweringPhotos(inside, stage);
    const head = make('div', 'inside-buttons stage-head');
    head.append(this.#title, this.#mute);
    const pair = make('div', 'stage-pair');
    pair.dir = 'ltr';
    pair.append(this.#figure(this.#alone, 'alone'), this.#figure(this.#light, 'light'));
    this.element.append(head, this.#figures, pair, this.#photos.element);
    inside.muted.addEventListener('change', () => this.#showMuted());
  }

  show() {
    this.#photos.show();
  }

  hide() {
    this.#photos.hide();
  }

  /** @param {number} channel */
  choose(channel) {
    this.#channel = channel;
    const inside = this.#inside;
    const values = channelOf(this.#maps, channel);
    const columns = this.#maps.shape[2];
    this.#title.textContent = inside.text('inside.stage.channel', { number: inside.channelNumber(channel) });
    const number = (/** @type {number} */ value) => inside.number(value, { maximumFractionDigits: 2 });
    const { least, greatest, strength } = figuresOf(values);
    const figures = { least: number(least), greatest: number(greatest), strength: number(strength) };
    this.#figures.textContent = inside.text('inside.stage.figures', figures);
    drawGrey(values, columns, this.#alone);
    drawLight(this.#light, inside.bitmap, values, columns);
    this.#showMuted();
    this.#photos.choose(channel);
  }

  /** @returns {Picture[]} */
  pictures() {
    const name = `${this.#inside.stageTab(this.#stage)}-channel-${this.#channel}`;
    return [
      { name, canvas: enlarged(this.#alone) },
      { name: `${name}-over-photo`, canvas: this.#light },
    ];
  }

  #showMuted() {
    this.#mute.ariaPressed = String(this.#inside.muted.has(this.#stage, this.#channel));
  }

  /** @param {HTMLCanvasElement} canvas @param {'alone' | 'light'} what */
  #figure(canvas, what) {
    const figure = make('figure', `stage-${what}`);
    canvas.ariaHidden = 'true';
    const caption = make('figcaption', 'quiet', this.#inside.text(`inside.stage.${what}`));
    caption.dir = this.#inside.language.direction;
    figure.append(canvas, caption);
    return figure;
  }
}
