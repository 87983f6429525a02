// A stage: its channels as a wall, one of them enlarged, and the caption without those that are muted.

/** @import { StageMaps } from '../protocol.js' */
/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { ChannelView } from './channel-view.js';
import { ChannelWall } from './channel-wall.js';
import { Computation } from './computation.js';
import { make } from './elements.js';
import { MutedView } from './muted-view.js';

export { STYLE } from './stage-style.js';

export class StageCard {
  element = make('div', 'inside-section');
  #inside;
  #stage;
  #computing;
  #facts = make('p', 'quiet');
  /** Made when the maps are there. @type {{ wall: ChannelWall, view: ChannelView, muted: MutedView } | undefined} */
  #parts;

  /** @param {Inside} inside @param {number} stage the stem is stage 0 */
  constructor(inside, stage) {
    this.#inside = inside;
    this.#stage = stage;
    this.#computing = new Computation(inside, (signal) => this.#fill(signal));
    const name = inside.tabName(inside.stageTab(stage));
    const head = make('div', '');
    head.append(make('h3', '', inside.text('inside.stage.title', { name })), this.#facts);
    this.element.append(head, make('p', '', inside.text('inside.stage.why')), this.#computing.element);
  }

  show() {
    void this.#computing.run();
  }

  hide() {
    this.#computing.end();
    this.#parts?.wall.hide();
    this.#parts?.view.hide();
    this.#parts?.muted.hide();
  }

  /** @returns {Picture[]} */
  pictures() {
    return this.#parts ? [this.#parts.wall.picture(), ...this.#parts.view.pictures()] : [];
  }

  /** @param {AbortSignal} signal */
  async #fill(signal) {
    const { stages } = await this.#inside.maps();
    if (signal.aborted) return;
    this.#parts ??= this.#make(stages);
    this.#parts.wall.show();
    this.#parts.view.show();
  }

  /** @param {StageMaps[]} stages */
  #make(stages) {
    const [inside, maps] = [this.#inside, stages[this.#stage]];
    const [channels, rows, columns] = maps.shape;
    const facts = [
      inside.text('inside.stage.shape', { channels: inside.number(channels), rows, columns }),
      inside.multiplyAdds(maps.multiplyAdds),
      inside.time(maps.milliseconds),
    ];
    this.#facts.textContent = facts.join(' · ');
    const view = new ChannelView(inside, this.#stage, maps);
    const wall = new ChannelWall(inside, this.#stage, maps, (channel) => view.choose(channel));
    const muted = new MutedView(inside, stages, this.#stage, () => wall.channels);
    view.choose(wall.chosen);
    const beside = make('div', 'stage-beside');
    beside.append(view.element, muted.element);
    const both = make('div', 'stage-both');
    both.append(wall.element, beside);
    this.element.append(both);
    return { wall, view, muted };
  }
}
