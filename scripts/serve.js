// Serves dist/ on this machine, with the strictest headers that the page is to work under.

import { createServer } from 'node:http';
import sirv from 'sirv';
import { dist } from './build.js';

/** What a page that embeds the element has to let be loaded, and this one but for photos from a link. */
export const LOADING_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:";

/** And that no text becomes a script or markup; the one policy vouches for the addresses of Sightline's own scripts. */
export const POLICY = `${LOADING_POLICY}; require-trusted-types-for 'script'; trusted-types sightline`;

/** The page is isolated from others as well, so that whatever a browser keeps for isolated pages could be used. */
export const HEADERS = {
  'Content-Security-Policy': `${POLICY}; connect-src 'self' https:`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** @typedef {{ url: string, close: () => void }} Server */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} Intercept */

/**
 * Answers with the files of a folder, as they are at the moment.
 * @param {string} folder
 * @param {Record<string, string>} headers
 */
export function filesOf(folder, headers = HEADERS) {
  return sirv(folder, {
    dev: true,
    setHeaders: (response) => void response.setHeaders(new Map(Object.entries(headers))),
  });
}

/**
 * Resolves to the page's address.
 * @param {number} port 0 for any that is free
 * @param {object} [options]
 * @param {string} [options.folder]
 * @param {Record<string, string>} [options.headers] that every file of the folder comes with
 * @param {Intercept} [options.intercept] may answer a request itself, and says whether it did
 * @returns {Promise<Server>}
 */
export function serve(port, { folder = dist, headers = HEADERS, intercept = () => false } = {}) {
  const files = filesOf(folder, headers);
  const server = createServer((request, response) => {
    if (!intercept(request, response)) files(request, response, () => void response.writeHead(404).end());
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
