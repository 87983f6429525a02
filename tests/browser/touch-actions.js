// A finger on a touch screen: what the browser gets is what a telephone's screen gives it, and nothing is clicked.

import assert from 'node:assert/strict';
import { setTimeout as rest } from 'node:timers/promises';

/** @import { CDPSession, Locator, Page } from 'playwright-core' */
/** @typedef {{ x: number, y: number }} Point */

/** A telephone, as large as many are. */
export const TELEPHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Steps of a drag. */
const STEPS = 8;
/** How long a finger rests after it, in milliseconds: a tap after one that was flung only ends the flight. */
const REST = 150;

export class Finger {
  #page;
  #session;

  /** @param {Page} page */
  static async on(page) {
    return new Finger(page, await page.context().newCDPSession(page));
  }

  /** @param {Page} page @param {CDPSession} session */
  constructor(page, session) {
    this.#page = page;
    this.#session = session;
  }

  /** @param {string} selector of the first that is seen */
  async tap(selector) {
    const target = this.#page.locator(`${selector} >> visible=true`).first();
    await target.scrollIntoViewIfNeeded();
    const at = await middleOf(target);
    await this.#send('touchStart', [at]);
    await this.#send('touchEnd', []);
    await this.#frame();
  }

  /** @param {Point} from @param {Point} by */
  async drag(from, by) {
    await this.#send('touchStart', [from]);
    for (let step = 1; step <= STEPS; step += 1) {
      await this.#send('touchMove', [{ x: from.x + (by.x * step) / STEPS, y: from.y + (by.y * step) / STEPS }]);
      await this.#frame();
    }
    await rest(REST);
    await this.#send('touchEnd', []);
    await this.#frame();
  }

  /** @param {'touchStart' | 'touchMove' | 'touchEnd'} type @param {Point[]} touchPoints */
  async #send(type, touchPoints) {
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }

  #frame() {
    return this.#page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  }
}

/** @param {Locator} target @returns {Promise<Point>} */
export async function middleOf(target) {
  const box = await target.boundingBox();
  assert.ok(box, `${target} is seen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
