// Photos that another app shared with the installed page. The service worker has put them aside; here they are taken,
// once.

/** @import { NamedPhoto } from './photo-context.js' */

/** Where the service worker puts them. */
const SHARED = 'sightline-shared';
/** How the service worker tells that there was no room for them. */
const LOST = '#share-lost';
const shareUrl = new URL('../../share/', import.meta.url).href;

/** @param {(photos: NamedPhoto[]) => void} onPhotos @param {() => void} onLost */
export async function takeSharedPhotos(onPhotos, onLost) {
  if (location.hash === LOST) {
    history.replaceState(null, '', location.pathname + location.search);
    onLost();
  }
  for (const form of await takeForms()) {
    try {
      const files = (await form.formData()).getAll('photos').filter((entry) => entry instanceof File);
      if (files.length) onPhotos(files.map((blob) => ({ blob, name: blob.name })));
    } catch {
      onLost();
    }
  }
}

/** What was put aside, in the order in which it came; it is gone afterwards. */
async function takeForms() {
  try {
    // Asked for first, because opening one makes one.
    if (!(await caches.has(SHARED))) return [];
    const cache = await caches.open(SHARED);
    const taken = (await cache.keys())
      .filter(({ url }) => url.startsWith(shareUrl))
      .map(async (request) => {
        const form = await cache.match(request);
        // Another tab may have been faster.
        return (await cache.delete(request)) ? form : undefined;
      });
    return (await Promise.all(taken)).filter((form) => form !== undefined);
  } catch {
    // Plain http, or a private window: nothing can have been shared.
    return [];
  }
}
