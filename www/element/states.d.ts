// What the element is at, and what it shows of it.

import type { CaptionerError } from '../errors.js';
import type { Caption, Photo, Progress, Word } from '../protocol.js';
import type { SharedModel } from './shared-model.js';

export interface CaptionTask {
  fetchPhoto: (signal: AbortSignal) => Promise<Photo>;
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
  /** The reader may look inside the model. */
  canLookInside: boolean;
  /** There will be a caption that nobody has to ask for. */
  isExpected: boolean;
  /** The text is for a form. */
  isEditable: boolean;
  isDisabled: boolean;
}
