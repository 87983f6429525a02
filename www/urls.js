// Addresses as pages write them: whole, or as seen from the page.

import { CaptionerError } from './errors.js';

/** @param {string | URL} address */
export function absoluteUrl(address) {
  if (URL.canParse(address, document.baseURI)) return new URL(address, document.baseURI).href;
  throw new CaptionerError('bad-option', `${JSON.stringify(String(address))} is no address.`);
}

/** The address of a folder, ending in a slash. @param {string | URL} folder */
export function folderUrl(folder) {
  const address = new URL(absoluteUrl(folder));
  // Both models/one and models/one/model.json mean the folder.
  address.pathname = address.pathname.replace(/\/?(model\.json)?$/, '/');
  return address.href;
}
