// A photo with its caption in Preact.

import type {} from 'sightline/preact';
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
      oncaption={({ detail }) => onText(detail.hedged)}
      oncaption-error={({ detail }) => onText(detail.code)}
    />
  );
}

export const wrong = [
  // @ts-expect-error There is no such device.
  <photo-caption key="device" device="tpu" />,
  // @ts-expect-error A number of beams is a number.
  <photo-caption key="beams" beams="many" />,
  // @ts-expect-error There is no such attribute.
  <photo-caption key="tint" tint="red" />,
];
