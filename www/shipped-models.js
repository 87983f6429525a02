// The names of the models that ship.

/** For GPUs. */
export const FULL = 'flickr8k-resnet50';
/** For processors and small memories. */
export const LITE = 'flickr8k-lite';

export const SHIPPED = [FULL, LITE];
