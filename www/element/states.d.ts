// What the element is at, and what it shows of it.

import type { CaptionerError } from '../errors.js';
import type { PhotoSource } from '../options.js';
import type { Caption, Progress, Word } from '../protocol.js';
import type { SharedModel } from './shared-model.js';

export interface CaptionTask {
  photo: PhotoSource;
  model: SharedModel;
  beams?: number;
  prefix?: string[];
  /** Waits until the element comes into view. */
  isLazy: boolean;
  /** Asks for no permission. */
  mayStart: boolean;
}

/** What is done now, and what there is to show of it. */
export type TaskState =
  | { stage: 'asking'; bytes: number; onStart: () => void }
  | { stage: 'loading'; progress?: Progress }
  | { stage: 'looking' }
  | { stage: 'writing'; word: Word; words: Word[] };

export type ViewState =
  | { stage: 'idle' }
  | TaskState
  /** `selected` is the word that the reader has put there. */
  | { stage: 'done'; caption: Caption; selected?: number }
  | { stage: 'failed'; error: CaptionerError };

/** What is shown besides. */
export interface ViewOptions {
  controls: boolean;
  /** The text is for a form. */
  isEditable: boolean;
  isDisabled: boolean;
}
