// Serves dist/ on this machine, with the strictest policy that the page is to work under.

import { createServer } from 'node:http';
import sirv from 'sirv';
import { dist } from './build.js';

export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:";

/** @typedef {{ url: string, close: () => void }} Server */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} Before */

/**
 * Resolves to the page's address.
 * @param {number} port 0 for any that is free
 * @param {object} [options]
 * @param {string} [options.folder]
 * @param {Before} [options.before] may answer a request itself, and says whether it did
 * @returns {Promise<Server>}
 */
export function serve(port, { folder = dist, before = () => false } = {}) {
  const files = sirv(folder, { dev: true, setHeaders: (response) => response.setHeader('Content-Security-Policy', POLICY) });
  const server = createServer((request, response) => {
    if (!before(request, response)) files(request, response, () => void response.writeHead(404).end());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      resolve({
        url: `http://localhost:${taken}/`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
