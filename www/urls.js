// Addresses as pages write them: whole, or as seen from the page.

import { CaptionerError } from './errors.js';

/** @param {string | URL} address @param {string} [example] of what it could be */
export function absoluteUrl(address, example = 'photos/dog.jpg') {
  if (URL.canParse(address, document.baseURI)) return new URL(address, document.baseURI).href;
  throw badAddress(address, example);
}

/** The address of a folder, ending in a slash. @param {string | URL} folder */
export function folderUrl(folder) {
  const example = 'models/flickr8k-lite/';
  const address = new URL(absoluteUrl(folder, example));
  // Nothing lies below what is a script or a file itself.
  if (/^(?:about|blob|data|javascript):/.test(address.href) || !URL.canParse('.', address)) {
    throw badAddress(folder, example);
  }
  // Both models/one and models/one/model.json mean the folder.
  address.pathname = address.pathname.replace(/\/?(model\.json)?$/, '/');
  return address.href;
}

/** @param {string | URL} address @param {string} example */
function badAddress(address, example) {
  const named = JSON.stringify(String(address));
  return new CaptionerError(
    'bad-address',
    `${named} is no address that can be fetched. Give one such as https://example.org/${example} or ${example}.`,
  );
}
