// What the element tells its page. All of its events bubble, and leave the shadow trees that they come through.

import type { CaptionerError } from '../errors.js';
import type { Caption, Progress, Word } from '../protocol.js';

export interface PhotoCaptionEvents {
  /** The model is on its way: bytes of it that are here, and of the whole model. */
  'caption-progress': CustomEvent<Progress>;
  /** Another word was written. A beam search may still change its mind about all of them. */
  'caption-word': CustomEvent<{ word: Word; words: Word[] }>;
  /** The caption is complete. */
  caption: CustomEvent<Caption>;
  /** There will be no caption, for the reason that the code names. */
  'caption-error': CustomEvent<CaptionerError>;
}
