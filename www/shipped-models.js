// The names of the models that ship.

/** A ResNet-50: what a GPU computes as fast as the other, a processor does not. */
export const FULL = 'flickr8k-resnet50';
/** An EfficientNet-Lite2: a third of the bytes, for processors and small memories. */
export const LITE = 'flickr8k-lite';

export const SHIPPED = [FULL, LITE];
