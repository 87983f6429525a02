// What a photo asks of the page, and how far it can be.

import type { Captioner, CaptionerError } from '../captioner.js';
import type { Caption, CaptionOptions } from '../protocol.js';

/** As it comes in. */
export interface NamedPhoto {
  blob: Blob;
  name: string;
  /** Which of the page's samples it is. */
  sample?: string;
}

export interface PhotoContext {
  captioner(): Promise<Captioner>;
  /** As the settings say. */
  options(): CaptionOptions;
  /** After each caption of a whole photo. */
  onCaption(caption: Caption): void;
  /** A question that could not be answered. */
  onError(error: CaptionerError): void;
}

export type PhotoState = 'waiting' | 'looking' | 'writing' | 'done' | 'stopped' | 'failed';

/** Where in the sentence it stands, and what it is. */
export interface ChosenWord {
  index: number;
  text: string;
}
