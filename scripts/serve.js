// Serves dist/ on this machine, with the strictest policy that the page is to work under.

import { createServer } from 'node:http';
import sirv from 'sirv';
import { dist } from './build.js';

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:";

/**
 * Resolves to the page's address.
 * @param {number} port 0 for any that is free
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serve(port) {
  const files = sirv(dist, { dev: true, setHeaders: (response) => response.setHeader('Content-Security-Policy', POLICY) });
  const server = createServer((request, response) => files(request, response, () => void response.writeHead(404).end()));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      resolve({ url: `http://localhost:${taken}/`, close: () => server.close() });
    });
  });
}
