// <photo-caption> in the JSX of Solid.

import type { JSX as SolidJSX } from 'solid-js';
import type { PhotoCaption, PhotoCaptionAttributes, PhotoCaptionListeners } from './element.js';

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'photo-caption': SolidJSX.HTMLAttributes<PhotoCaption> & PhotoCaptionAttributes & PhotoCaptionListeners<'on:'>;
    }
  }
}
