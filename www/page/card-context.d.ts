// What a photo's card asks of the page.

import type { Captioner } from '../captioner.js';
import type { CaptionOptions } from '../protocol.js';

export interface CardContext<Card> {
  captioner(): Promise<Captioner>;
  /** As the settings say. */
  options(): CaptionOptions;
  /** Says it to those who listen. */
  announce(sentence: string): void;
  /** After each caption of a whole photo. */
  onCaption(captioner: Captioner, milliseconds: number): void;
  onRemove(card: Card): void;
}
