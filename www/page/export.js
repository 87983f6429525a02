// What a reader takes away: HTML, tables, data.

/** @import { Caption } from '../protocol.js' */
/** @typedef {{ name: string, caption?: Caption, error?: { code: string, message: string } }} ExportedPhoto */

import { csvOf } from '../view/csv.js';

/** @param {string} file @param {string} alt */
export function imageTag(file, alt) {
  /** @param {string} value */
  const quoted = (value) => `"${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  return `<img src=${quoted(file)} alt=${quoted(alt)}>`;
}

/** As the command line writes it. @param {ExportedPhoto[]} photos */
export function csv(photos) {
  const rows = photos.map(({ name, caption, error }) => [
    name,
    caption?.hedged ?? '',
    caption ? String(caption.logProbability) : '',
    error?.message ?? '',
  ]);
  return csvOf([['photo', 'caption', 'log_probability', 'error'], ...rows]);
}

/** @param {ExportedPhoto[]} photos */
export function json(photos) {
  return `${JSON.stringify(
    photos.map(({ name, caption, error }) => ({ photo: name, ...caption, error })),
    null,
    2,
  )}\n`;
}
