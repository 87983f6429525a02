// <photo-caption> in the JSX of Preact.

import type { HTMLAttributes } from 'preact';
import type { PhotoCaption, PhotoCaptionAttributes, PhotoCaptionListeners } from './element.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'photo-caption': Omit<HTMLAttributes<PhotoCaption>, keyof PhotoCaptionAttributes> &
        PhotoCaptionAttributes &
        PhotoCaptionListeners<'on'>;
    }
  }
}
