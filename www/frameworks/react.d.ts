// <photo-caption> in the JSX of React 19 and 18. React 18 knows no events of custom elements: they are for a ref there.

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { PhotoCaption, PhotoCaptionAttributes, PhotoCaptionListeners } from './element.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'photo-caption': DetailedHTMLProps<HTMLAttributes<PhotoCaption>, PhotoCaption> &
        PhotoCaptionAttributes &
        PhotoCaptionListeners<'on'>;
    }
  }
}
