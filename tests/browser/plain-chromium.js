// Chromium as it is started by hand. Playwright keeps its pages awake, so what happens to a tab that sleeps is not to be
// had with it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Readable, Writable } from 'node:stream' */

const FLAGS = ['--headless=new', '--no-sandbox', '--no-first-run', '--disable-background-networking'];

/** A browser with one page, by the pipe of the DevTools protocol: JSON, each message with a zero behind it. */
export class PlainChromium {
  #process;
  #commands;
  #session = '';
  #sent = 0;
  /** By the number of the command. @type {Map<number, (answer: any) => void>} */
  #answers = new Map();

  /** For `PlainChromium.open`. @param {ChildProcess} process */
  constructor(process) {
    const [, , , commands, answers] = process.stdio;
    this.#process = process;
    this.#commands = /** @type {Writable} */ (commands);
    let text = '';
    /** @type {Readable} */ (answers).setEncoding('utf8').on('data', (chunk) => {
      const messages = `${text}${chunk}`.split('\0');
      text = messages.pop() ?? '';
      for (const { id, ...answer } of messages.map((message) => JSON.parse(message))) this.#answers.get(id)?.(answer);
    });
  }

  /** @param {string} folder for its profile @param {string} url of its page */
  static async open(folder, url) {
    const profile = mkdtempSync(join(folder, 'profile-'));
    const options = [...FLAGS, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'];
    const browser = new PlainChromium(
      spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', options, {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      }),
    );
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId;
    await browser.send('Page.navigate', { url });
    return browser;
  }

  /** @param {string} method @param {Record<string, unknown>} [params] @returns {Promise<any>} */
  async send(method, params = {}) {
    this.#sent += 1;
    const id = this.#sent;
    const answered = new Promise((resolve) => this.#answers.set(id, resolve));
    const session = this.#session ? { sessionId: this.#session } : {};
    this.#commands.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { error, result } = await answered;
    assert.equal(error, undefined, `${method}: ${error?.message}`);
    return result;
  }

  /** What code of the page comes to, or resolves to. @param {string} expression */
  async evaluate(expression) {
    const given = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', given);
    assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
    return result.value;
  }

  close() {
    this.#process.kill('SIGKILL');
  }
}
