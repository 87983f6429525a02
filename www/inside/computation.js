// What the worker computes for a card: the card says so meanwhile, lets the reader stop it, and offers what failed again.

/** @import { Inside } from './inside.js' */

import { button, make } from './elements.js';

export class Computation {
  element = make('div', 'inside-buttons');
  #inside;
  #compute;
  #starter;
  #ending = new AbortController();

  /**
   * @param {Inside} inside @param {(signal: AbortSignal) => Promise<void>} compute
   * @param {HTMLButtonElement} [starter] what the reader begins it with; what begins by itself is over soon, and is not
   * stopped by hand
   */
  constructor(inside, compute, starter) {
    this.#inside = inside;
    this.#compute = compute;
    this.#starter = starter;
  }

  /** Begins anew; what ran before ends. */
  async run() {
    this.end();
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.#say('quiet', 'computing', ...(this.#starter ? [this.#button('stop', () => this.end())] : []));
    try {
      await this.#compute(signal);
      if (!signal.aborted) this.element.replaceChildren();
    } catch (error) {
      if (signal.aborted || this.#inside.signal.aborted) return;
      console.warn(error);
      this.#say(
        'error',
        'failed',
        this.#button('again', () => void this.run()),
      );
    }
  }

  end() {
    this.#ending.abort();
    this.element.replaceChildren();
  }

  /** @param {string} look @param {string} what @param {...HTMLElement} buttons */
  #say(look, what, ...buttons) {
    this.element.replaceChildren(make('span', look, this.#inside.text(`inside.${what}`)), ...buttons);
  }

  /** Its own buttons go when they are pressed, and the focus has to be somewhere. @param {string} what @param {() => void} act */
  #button(what, act) {
    return button(this.#inside.text(`inside.${what}`), () => {
      const rest = this.#starter ?? /** @type {HTMLElement | null} */ (this.element.closest('[role=tabpanel]'));
      act();
      rest?.focus();
    });
  }
}
