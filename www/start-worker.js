// Begins the worker, wherever its file is.

import { CaptionerError } from './errors.js';
import { isPolicyRefused, trustedAddress } from './trusted-types.js';

/**
 * @param {string | undefined} address where worker.js is, if not beside this file
 * @param {(error: CaptionerError) => void} onError the script could not be fetched or run
 * @returns {Worker}
 */
export function startWorker(address, onError) {
  /** @type {string | undefined} */
  let elsewhere;
  try {
    elsewhere = addressElsewhere(address);
    const worker = elsewhere ? startFromElsewhere(elsewhere) : address ? startFromUrl(address) : startBeside();
    worker.addEventListener('error', ({ message }) => onError(startError(message, elsewhere)));
    return worker;
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw startError(message, elsewhere, isPolicyRefused());
  }
}

/** Where worker.js is, if that is another site. @param {string | undefined} address */
function addressElsewhere(address) {
  // Bundlers would take `new URL('worker.js', import.meta.url)` for a file that they have to bring along.
  const here = import.meta.url;
  const { href, origin, protocol } = new URL(address ?? 'worker.js', here);
  // Some of them write down where this file was on their own disk.
  return protocol.startsWith('http') && origin !== globalThis.origin ? href : undefined;
}

/**
 * Bundlers look to the letter for the expression that begins it here, and no address that they do not know has a place
 * in it. So for as long as it takes `Worker` is one that trusts whatever address they put there.
 */
function startBeside() {
  const { Worker: Plain } = globalThis;
  globalThis.Worker = class extends Plain {
    /** @param {string | URL} address @param {WorkerOptions} [options] */
    constructor(address, options) {
      super(trustedAddress(address), options);
    }
  };
  try {
    return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  } finally {
    globalThis.Worker = Plain;
  }
}

/** @param {string} address */
function startFromUrl(address) {
  return new Worker(trustedAddress(address), { type: 'module' });
}

/**
 * A worker has to be a script of the page's own site, but such a script may import those of others. It has to be a
 * static import: what is sent meanwhile waits for no other.
 * @param {string} address
 */
function startFromElsewhere(address) {
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
  const worker = startFromUrl(script);
  for (const type of ['message', 'error']) {
    worker.addEventListener(type, () => URL.revokeObjectURL(script), { once: true });
  }
  return worker;
}

/** @param {string | undefined} reason @param {string | undefined} elsewhere @param {boolean} [isUntrusted] */
function startError(reason, elsewhere, isUntrusted) {
  // Browsers do not say why a script could not be fetched.
  const why = reason?.replace(/\.$/, '') || 'its file cannot be reached, or the page’s policy forbids it';
  const cure = isUntrusted
    ? "Allow trusted-types sightline 'allow-duplicates' in the page’s policy."
    : elsewhere
      ? `Allow worker-src blob: ${new URL(elsewhere).origin}, or copy www/ to this site and name worker.js by workerUrl.`
      : 'The option workerUrl says where worker.js is.';
  return new CaptionerError('internal', `The worker could not start: ${why}. ${cure}`);
}
