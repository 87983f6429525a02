// What it took to make a caption: how long, and what computed.

/** @import { Caption, Device } from '../protocol.js' */

/** In milliseconds. @param {Caption} caption */
export function totalTime({ timings }) {
  return Object.values(timings).reduce((sum, part) => sum + part, 0);
}

/** Which device looked at the photo. @param {Caption} caption @returns {Device} */
export function deviceOf({ device }) {
  return device.encoder === 'cpu' ? 'cpu' : 'webgpu';
}
