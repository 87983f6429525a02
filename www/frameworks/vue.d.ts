// <photo-caption> in the templates of Vue 3.

import type { HTMLAttributes } from 'vue';
import type { PhotoCaptionEvents } from '../element/events.js';
import type { PhotoCaption, PhotoCaptionAttributes } from './element.js';

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

/** As Vue calls what a template writes as `@caption-word`. */
type Listeners = {
  [Type in keyof PhotoCaptionEvents as `on${Capitalize<Camel<Type>>}`]?: (event: PhotoCaptionEvents[Type]) => void;
};

declare module 'vue' {
  interface GlobalComponents {
    'photo-caption': new () => PhotoCaption & { $props: HTMLAttributes & PhotoCaptionAttributes & Listeners };
  }
}
