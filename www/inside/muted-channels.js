// Which channels are silent, of all stages: one set for all cards of a look.

/** @import { MutedChannel } from '../protocol.js' */

/** Dispatches `change`. */
export class MutedChannels extends EventTarget {
  /** The channels of each stage. @type {Map<number, Set<number>>} */
  #stages = new Map();

  /** By stage and channel. @returns {MutedChannel[]} */
  get all() {
    const stages = [...this.#stages.keys()].sort((a, b) => a - b);
    return stages.flatMap((stage) => this.of(stage).map((channel) => ({ stage, channel })));
  }

  /** In order. @param {number} stage */
  of(stage) {
    return [...(this.#stages.get(stage) ?? [])].sort((a, b) => a - b);
  }

  /** @param {number} stage @param {number} channel */
  has(stage, channel) {
    return this.#stages.get(stage)?.has(channel) ?? false;
  }

  /** @param {number} stage @param {Iterable<number>} channels @param {boolean} areMuted */
  set(stage, channels, areMuted) {
    const muted = new Set(this.#stages.get(stage));
    for (const channel of channels) {
      if (areMuted) muted.add(channel);
      else muted.delete(channel);
    }
    this.#stages.set(stage, muted);
    this.dispatchEvent(new Event('change'));
  }

  clear() {
    this.#stages.clear();
    this.dispatchEvent(new Event('change'));
  }
}
