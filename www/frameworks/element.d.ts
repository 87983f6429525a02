// What a template may write on <photo-caption>, whatever the framework: the attributes of its code, and its events.

import type { PROPERTIES } from '../element/attributes.js';
import type { PhotoCaptionEvents } from '../element/events.js';
import type { PhotoCaption } from '../photo-caption.js';

type Name = (typeof PROPERTIES)[number];

/** As a property has it, and numbers as HTML has them too. */
type Written<Value> = Value extends number ? number | `${number}` : Exclude<Value, null>;

export type PhotoCaptionAttributes = {
  [Attribute in Exclude<Name, 'controls'>]?: Written<PhotoCaption[Attribute]>;
} & {
  /** With `inside`, a button that opens what goes on inside the model as well. */
  controls?: boolean | 'inside';
};

/** Listeners by the names that a framework gives them: `Prefix` and the event's own. */
export type PhotoCaptionListeners<Prefix extends string> = {
  [Type in keyof PhotoCaptionEvents as `${Prefix}${Type}`]?: (event: PhotoCaptionEvents[Type]) => void;
};

export type { PhotoCaption };
