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
    const stop = this.#starter && this.#button('stop', () => this.end());
    this.#say('quiet', 'computing', ...(stop ? [stop] : []));
    // What began it may be gone, and the keyboard with it.
    if (stop && this.#starter?.hidden && !this.element.closest('dialog')?.contains(focused(this.element))) stop.focus();
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
      const panel = /** @type {HTMLElement | null} */ (this.element.closest('[role=tabpanel]'));
      act();
      if (this.#starter && !this.#starter.hidden) this.#starter.focus();
      else if (!panel?.contains(focused(this.element))) panel?.focus();
    });
  }
}

/** What has the keyboard in the document or the shadow tree. @param {HTMLElement} element */
function focused(element) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  return root.activeElement === document.body ? null : root.activeElement;
}
