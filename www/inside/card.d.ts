// What a look inside needs, and what its cards are.

import type { Captioner } from '../captioner.js';
import type { LoadOptions } from '../options.js';
import type { Caption, CaptionOptions, Inspection } from '../protocol.js';
import type { Language } from '../view/language.js';

/** A photo that a look inside is about, or may compare with. */
export interface InsidePhoto {
  blob: Blob;
  name: string;
}

/** A model that can be put beside another. */
export interface ComparedModel {
  name: string;
  /** The address of its folder, or its files. */
  model: string | File[];
  /** Its size. */
  bytes?: number;
  /** CIDEr-D, where it was measured. */
  quality?: number;
}

export interface InsideOptions {
  /** Where the dialog goes: a page's body, or a shadow root. */
  host: HTMLElement | ShadowRoot;
  captioner: Captioner;
  photo: InsidePhoto;
  caption: Caption;
  /** What the model wrote itself, where the reader chose another sentence. */
  own?: Caption;
  /** How the model's own was written, where not as usual. */
  settings?: CaptionOptions;
  /** What the reader speaks. */
  language: Language;
  /** The photos that were dropped so far, this one among them. */
  photos?: () => InsidePhoto[];
  /** Those that ship. */
  models?: ComparedModel[];
  /** Which card is open at first: `input`, `stem`, `stage1` and so on, `words`, `layers`, `filters` or `models`. */
  card?: string;
  /** Models to compare at once, by name. */
  compared?: string[];
  /** The reader compares others now. */
  onCompare?: (names: string[]) => void;
  /** Loads another model; `Captioner.load` if nothing is said. */
  load?: (model: string | File[], options: Omit<LoadOptions, 'model'>) => Promise<Captioner>;
}

export type Maps = Pick<Inspection, 'stages' | 'decoder'> & { input: NonNullable<Inspection['input']> };

/** A picture that can be saved. */
export interface Picture {
  /** Of the file, without its ending. */
  name: string;
  /** Asked for once: it may be drawn only then. */
  readonly canvas: HTMLCanvasElement;
}

/** What one tab opens. */
export interface Card {
  element: HTMLElement;
  /** It is seen from now on. */
  show(): void;
  /** It is not seen any more: whatever it computes or plays ends. */
  hide(): void;
  /** What can be seen on it now. */
  pictures(): Picture[];
}
