// SHA-256 by the browser, which has the processor's own instructions for it, beside whatever else is done.

/**
 * Nothing where a page is not served safely, as over http: what wants to know it has to compute it then.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function sha256(bytes) {
  return crypto.subtle && new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
