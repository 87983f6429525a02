// Browsers as W3C WebDriver knows them, for those that Playwright does not drive as their makers ship them.

import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

/** The key of an element's reference, as the standard has it. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** How long what a page is to do may take. */
const PATIENCE = 60_000;

/** Keys that have names. */
export const KEYS = { Escape: '\uE00C', ArrowRight: '\uE014' };

/** @typedef {(command: string, parameters?: Record<string, unknown>) => Promise<any>} Send by the names of Marionette */

/** A browser with one page. */
export class WebDriver {
  #send;

  /** @param {Send} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {string} url */
  async open(url) {
    await this.#send('Navigate', { url });
  }

  /**
   * What a function returns in the page, or resolves to there. It knows nothing but its arguments.
   * @template {unknown[]} A, R
   * @param {(...values: A) => R} act
   * @param {A} values
   * @returns {Promise<Awaited<R>>}
   */
  async evaluate(act, ...values) {
    const script = `
      const values = [...arguments];
      const done = values.pop();
      (async () => (${act})(...values))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#send('ExecuteAsyncScript', { script, args: values });
    assert.equal(error, undefined, `${act}`);
    return value;
  }

  /**
   * What a function returns in the page of an element, which is its first argument.
   * @template {unknown[]} A, R
   * @param {string} selector
   * @param {(element: any, ...values: A) => R} act
   * @param {A} values
   * @returns {Promise<Awaited<R>>}
   */
  async evaluateOn(selector, act, ...values) {
    return this.evaluate(/** @type {any} */ (act), { [ELEMENT]: await this.#find(selector) }, ...values);
  }

  /**
   * Waits until a function returns in the page what counts as true.
   * @template {unknown[]} A
   * @param {(...values: A) => unknown} condition
   * @param {A} values
   */
  async until(condition, ...values) {
    for (const end = Date.now() + PATIENCE; !(await this.evaluate(condition, ...values)); await setTimeout(20)) {
      assert.ok(Date.now() < end, `${condition} does not come true`);
    }
  }

  /** @param {string} selector */
  async click(selector) {
    await this.#send('ElementClick', { id: await this.#find(selector) });
  }

  /** Chooses a file in a field for files. @param {string} selector @param {string} path */
  async choose(selector, path) {
    await this.#send('ElementSendKeys', { id: await this.#find(selector), text: path });
  }

  /** @param {...string} keys characters, or one of `KEYS` */
  async press(...keys) {
    const actions = keys.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#send('PerformActions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** @param {string} selector @returns {Promise<string>} */
  async #find(selector) {
    return (await this.#send('FindElement', { using: 'css selector', value: selector }))[ELEMENT];
  }
}
