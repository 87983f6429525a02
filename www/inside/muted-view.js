// What is muted, and the caption that is written without it.

/** @import { StageMaps } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { showChange } from './changed-words.js';
import { Computation } from './computation.js';
import { button, make } from './elements.js';

/** More muted channels of a stage than this are counted, not listed. */
const LISTED = 12;

export class MutedView {
  element = make('div', 'inside-section stage-muted');
  #inside;
  #stages;
  #list = make('ul', 'stage-list');
  #unmute;
  #writing;
  #result = make('div', 'stage-result');

  /** @param {Inside} inside @param {StageMaps[]} stages @param {number} stage @param {() => number[]} channels of the page */
  constructor(inside, stages, stage, channels) {
    this.#inside = inside;
    this.#stages = stages;
    const { muted } = inside;
    const all = stages[stage].shape[0];
    this.#unmute = button(inside.text('inside.stage.unmute-all'), () => muted.clear());
    const again = button(inside.text('inside.stage.write'), () => void this.#writing.run());
    this.#writing = new Computation(inside, (signal) => this.#write(signal), again);
    const choices = make('div', 'inside-buttons');
    choices.append(
      button(inside.text('inside.stage.mute-page'), () => muted.set(stage, channels(), true)),
      button(inside.text('inside.stage.mute-stage'), () => muted.set(stage, Array(all).keys(), true)),
      this.#unmute,
    );
    const write = make('div', 'inside-buttons');
    write.append(again, this.#writing.element);
    this.#result.role = 'status';
    const title = make('h4', '', inside.text('inside.stage.muted'));
    const why = make('p', 'quiet', inside.text('inside.stage.why-mute'));
    this.element.append(title, why, choices, this.#list, write, this.#result);
    muted.addEventListener('change', () => this.#changed());
    this.#changed();
  }

  hide() {
    this.#writing.end();
  }

  /** What was written was written without others. */
  #changed() {
    this.#writing.end();
    this.#result.replaceChildren();
    const chips = this.#stages.flatMap((_, stage) => this.#chips(stage));
    this.#list.replaceChildren(...chips);
    if (!chips.length) this.#list.append(make('li', 'quiet', this.#inside.text('inside.stage.none')));
  }

  /** One for each channel, or for all of them. @param {number} stage */
  #chips(stage) {
    const inside = this.#inside;
    const channels = inside.muted.of(stage);
    const name = inside.tabName(inside.stageTab(stage));
    if (channels.length > LISTED) {
      const what = channels.length === this.#stages[stage].shape[0] ? 'all-of' : 'many-of';
      const count = inside.number(channels.length);
      return [this.#chip(inside.text(`inside.stage.${what}`, { name, count }), stage, channels)];
    }
    return channels.map((channel) =>
      this.#chip(inside.text('inside.stage.one-of', { name, number: inside.channelNumber(channel) }), stage, [channel]),
    );
  }

  /** @param {string} label @param {number} stage @param {number[]} channels */
  #chip(label, stage, channels) {
    const chip = button(`${label} ×`, () => {
      this.#inside.muted.set(stage, channels, false);
      // It is gone.
      (this.#list.querySelector('button') ?? this.#unmute).focus();
    });
    chip.ariaLabel = this.#inside.text('inside.stage.unmute', { name: label });
    const item = make('li', '');
    item.append(chip);
    return item;
  }

  /** @param {AbortSignal} signal */
  async #write(signal) {
    const inside = this.#inside;
    this.#result.replaceChildren();
    const caption = await inside.rewrite({ muted: inside.muted.all }, signal);
    if (!signal.aborted) showChange(this.#result, inside, caption);
  }
}
