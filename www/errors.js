// The one error that leaves this package: a code for programs, a sentence for people.

/** @import { ErrorCode } from './protocol.js' */

export class CaptionerError extends Error {
  /** @param {ErrorCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = 'CaptionerError';
    this.code = code;
  }

  /**
   * Whatever was thrown, as one of these. Rust's errors have a code of their own.
   * @param {unknown} thrown
   */
  static from(thrown) {
    if (thrown instanceof CaptionerError) return thrown;
    const { code, message, name } = /** @type {{ code?: unknown, message?: string, name?: string }} */ (thrown ?? {});
    if (name === 'AbortError') return new CaptionerError('aborted', 'The caption was stopped.');
    const known = typeof code === 'string' ? /** @type {ErrorCode} */ (code) : 'internal';
    return new CaptionerError(known, message || String(thrown));
  }
}

/**
 * Tells the page something. What its function throws is reported as that of a listener is, and stops nothing here.
 * @template {unknown[]} T
 * @param {((...values: T) => void) | null | undefined} listener
 * @param {T} values
 */
export function tell(listener, ...values) {
  try {
    listener?.(...values);
  } catch (error) {
    reportError(error);
  }
}

/** Refuses to do what only a page can, in words that say so. */
export function assertBrowser() {
  if (globalThis.document && globalThis.Worker) return;
  throw new CaptionerError(
    'device-unavailable',
    'Sightline needs a page in a browser, and there is none here. A server may import it, and only the page use it.',
  );
}

/** What trying again does not change. @type {Set<ErrorCode>} */
const PERMANENT = new Set([
  'unsupported-image',
  'image-corrupt',
  'image-too-large',
  'model-unsupported',
  'bad-address',
  'bad-option',
  'device-unavailable',
]);

/** Whether trying again cannot help. @param {CaptionerError} error */
export function isPermanent({ code }) {
  return PERMANENT.has(code);
}
