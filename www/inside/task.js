// What a card computes: that it is under way, with a button that stops it, and one that tries again what did not end well.

/** @import { Inside } from './inside.js' */

import { CaptionerError } from '../errors.js';
import { button, make } from './elements.js';

export class Task {
  element = make('div', '');
  #inside;
  #ending = new AbortController();
  #status = make('p', 'quiet');
  #buttons = make('div', 'inside-buttons');

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#status.role = 'status';
    this.element.append(this.#status, this.#buttons);
    this.element.tabIndex = -1;
    this.#tell('');
  }

  /**
   * What ran before ends. What it resolves to is for those who hear it; others see it on the card.
   * @param {(signal: AbortSignal) => Promise<string>} compute @param {{ canStop?: boolean }} [options]
   */
  async run(compute, { canStop = true } = {}) {
    this.stop();
    const ending = new AbortController();
    this.#ending = ending;
    const text = (/** @type {string} */ key) => this.#inside.text(key);
    const again = () => button(text('inside.again'), () => void this.run(compute, { canStop }));
    const stop = () => {
      ending.abort();
      this.#tell('', again());
    };
    this.#tell(text('inside.computing'), ...(canStop ? [button(text('inside.stop'), stop)] : []));
    try {
      const result = await compute(ending.signal);
      if (ending.signal.aborted) return;
      this.#tell('');
      this.announce(result);
    } catch (thrown) {
      if (ending.signal.aborted) return;
      const isStopped = CaptionerError.from(thrown).code === 'aborted';
      this.#tell(isStopped ? '' : text('inside.failed'), again());
    }
  }

  /** Without a word. */
  stop() {
    this.#ending.abort();
    this.#tell('');
  }

  /** @param {string} result */
  announce(result) {
    this.#status.textContent = result;
  }

  /** @param {string} status @param {...HTMLButtonElement} buttons */
  #tell(status, ...buttons) {
    const isHere = this.element.matches(':focus-within');
    this.#status.textContent = status;
    // There for those who hear what comes of it, and in nobody's way.
    this.element.className = status || buttons.length ? 'inside-buttons' : 'visually-hidden';
    this.#buttons.replaceChildren(...buttons);
    // The keyboard is not lost with the button that it was at.
    if (isHere) (buttons[0] ?? this.element).focus();
  }
}
