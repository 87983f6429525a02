// The element comes with the package; the page listens to its events and tells how far the album is.

import 'sightline/photo-caption';

const said = document.querySelector('output');
const photos = document.querySelectorAll('photo-caption');
let captioned = 0;

addEventListener('caption', () => {
  captioned += 1;
  said.textContent = `${captioned} of ${photos.length} captioned.`;
});
addEventListener('caption-error', ({ detail }) => {
  said.textContent = detail.message;
});
