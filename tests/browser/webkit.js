// WebKit as it is shipped with GTK, by its own WebDriver, on a screen that nobody sees.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startBeside } from './beside.js';
import { WebDriver } from './web-driver.js';

/** Where the commands lie below a session, by the names that Marionette gives them. */
const COMMANDS = /** @type {Record<string, string>} */ ({
  ElementClick: 'element/{id}/click',
  ElementSendKeys: 'element/{id}/value',
  ExecuteAsyncScript: 'execute/async',
  FindElement: 'element',
  Navigate: 'url',
  PerformActions: 'actions',
});

/** Of GTK. Nothing glides along, so that nothing has to be waited for. */
const SETTINGS = '[Settings]\ngtk-enable-animations=false\n';

/** A WebKit that was nowhere yet. @param {string} folder for its settings */
export async function startWebKit(folder) {
  mkdirSync(join(folder, 'gtk-3.0'));
  writeFileSync(join(folder, 'gtk-3.0/settings.ini'), SETTINGS);
  const screen = startBeside('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24']);
  const display = `:${await screen.says(/^(\d+)\n/)}`;
  const port = await freePort();
  startBeside('WebKitWebDriver', [`--port=${port}`], { DISPLAY: display, XDG_CONFIG_HOME: folder });
  const server = `http://127.0.0.1:${port}`;
  await untilThere(server);
  const { sessionId } = await ask(`${server}/session`, 'POST', { capabilities: {} });
  const session = `${server}/session/${sessionId}`;
  return new WebDriver((command, { id, ...values } = {}) =>
    ask(`${session}/${COMMANDS[command].replace('{id}', `${id}`)}`, 'POST', values),
  );
}

/** @param {string} url @param {string} method @param {object} [values] */
async function ask(url, method, values) {
  const response = await fetch(url, { method, body: values && JSON.stringify(values) });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** The driver does not say when it listens. @param {string} server */
async function untilThere(server) {
  for (const end = Date.now() + 15_000; ; await setTimeout(20)) {
    try {
      await ask(`${server}/status`, 'GET');
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** One that nobody listens on; the driver takes none by itself. @returns {Promise<number>} */
function freePort() {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
