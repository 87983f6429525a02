// Firefox as it is shipped, by Marionette: the commands of WebDriver through a socket, for which geckodriver is a proxy.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startBeside } from './beside.js';
import { WebDriver } from './web-driver.js';

/** @import { Send } from './web-driver.js' */

/** Of a profile. Nothing glides along, so that nothing has to be waited for. */
const PREFERENCES = { 'marionette.port': 0, 'ui.prefersReducedMotion': 1 };

/**
 * A Firefox with an empty profile, without a window.
 * @param {string} path where it is
 * @param {string} folder for the profile
 */
export async function startFirefox(path, folder) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const preferences = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`);
  writeFileSync(join(profile, 'user.js'), preferences.join(''));
  const firefox = startBeside(path, ['--marionette', '--headless', '--profile', profile]);
  const call = openMarionette(Number(await firefox.says(/Listening on port (\d+)/)));
  /** @type {Send} */
  const send = (command, values) => call(`WebDriver:${command}`, values);
  await send('NewSession');
  return new WebDriver(send);
}

/**
 * What Marionette is asked, and answers: JSON behind its length in bytes, with a number that says which answer is whose.
 * https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 * @param {number} port
 */
function openMarionette(port) {
  const socket = connect(port, '127.0.0.1');
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const asked = new Map();
  let count = 0;
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const begin = received.indexOf(':') + 1;
      const end = begin + Number(received.subarray(0, begin - 1));
      if (begin === 0 || received.length < end) return;
      answer(JSON.parse(String(received.subarray(begin, end))));
      received = received.subarray(end);
    }
  });
  socket.on('close', () => {
    for (const { reject } of asked.values()) reject(new Error('Firefox ended'));
  });
  /** @param {unknown} message */
  function answer(message) {
    // The first one only greets.
    if (!Array.isArray(message)) return;
    const [, id, error, result] = message;
    const waiting = asked.get(id);
    assert.ok(waiting, `an answer to ${id}`);
    asked.delete(id);
    if (error) waiting.reject(new Error(`${error.error}: ${error.message}`));
    else waiting.resolve('value' in result ? result.value : result);
  }
  /** @param {string} command @param {object} [values] @returns {Promise<any>} */
  return (command, values = {}) => {
    count += 1;
    const id = count;
    const message = Buffer.from(JSON.stringify([0, id, command, values]));
    socket.write(Buffer.concat([Buffer.from(`${message.length}:`), message]));
    return new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
  };
}
