// A photo with its caption in Solid.

import type {} from 'sightline/solid';
import 'sightline/photo-caption';

export function Photo({ src, onText }: { src: string; onText: (text: string) => void }) {
  return (
    <photo-caption
      src={src}
      model="models/flickr8k-lite/"
      controls="inside"
      width={640}
      height="480"
      auto
      on:caption={({ detail }) => onText(detail.hedged)}
      on:caption-error={({ detail }) => onText(detail.code)}
    />
  );
}

export const wrong = [
  // @ts-expect-error There is no such device.
  <photo-caption device="tpu" />,
  // @ts-expect-error A number of beams is a number.
  <photo-caption beams="many" />,
  // @ts-expect-error There is no such attribute.
  <photo-caption tint="red" />,
];
