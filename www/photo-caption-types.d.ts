// The element's module as TypeScript sees it: with what it adds to the types of every document.

import type { PhotoCaptionEvents } from './element/events.js';
import type { PhotoCaption } from './photo-caption.js';

export * from './photo-caption.js';

declare global {
  interface HTMLElementTagNameMap {
    'photo-caption': PhotoCaption;
  }
  interface GlobalEventHandlersEventMap extends PhotoCaptionEvents {}
}
