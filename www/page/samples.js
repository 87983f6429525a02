// The sample pictures that the page offers, in their order. samples/CREDITS.md tells whose they are.

/** @typedef {{ name: string, width: number, height: number, isWrong?: boolean }} Sample */

/** flickr8k-lite is right on all but the one that says otherwise. @type {Sample[]} */
export const SAMPLES = [
  { name: 'surfer', width: 640, height: 480 },
  { name: 'skier', width: 640, height: 427 },
  { name: 'skateboarder', width: 560, height: 420 },
  { name: 'taxis', width: 640, height: 479 },
  { name: 'astronaut', width: 512, height: 512, isWrong: true },
];
