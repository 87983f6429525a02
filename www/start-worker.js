// Begins the worker, wherever its file is.

import { CaptionerError } from './errors.js';

/**
 * @param {string | undefined} address where worker.js is, if not beside this file
 * @param {(error: CaptionerError) => void} onError the script could not be fetched or run
 * @returns {Worker}
 */
export function startWorker(address, onError) {
  try {
    const worker = address ? startFromUrl(address) : startLocal();
    worker.addEventListener('error', ({ message }) => onError(startError(message)));
    return worker;
  } catch (error) {
    throw startError(/** @type {Error} */ (error).message);
  }
}

function startLocal() {
  // Bundlers look for this expression to the letter.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** @param {string} address */
function startFromUrl(address) {
  if (new URL(address).origin === location.origin) return new Worker(address, { type: 'module' });
  // A worker has to be a script of the page's own site, but such a script may import those of others.
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
  const worker = new Worker(script, { type: 'module' });
  for (const type of ['message', 'error']) {
    worker.addEventListener(type, () => URL.revokeObjectURL(script), { once: true });
  }
  return worker;
}

/** @param {string | undefined} reason */
function startError(reason) {
  // Browsers do not say why a script could not be fetched.
  const why = reason?.replace(/\.$/, '') || 'its file cannot be reached, or the page’s policy forbids it';
  return new CaptionerError(
    'internal',
    `The worker could not start: ${why}. The option workerUrl says where worker.js is.`,
  );
}
