// The page without a network: asks for the service worker, and offers a new version when there is one.

import { find } from '../dom.js';
import { trustedAddress } from '../trusted-types.js';

/**
 * Does nothing where there are no service workers: on plain http, in some private windows, in sandboxes.
 * @returns {Promise<boolean>} whether the page is kept for a visit without a network
 */
export async function registerServiceWorker() {
  const registration = await getRegistration();
  if (!registration) return false;
  const { serviceWorker } = navigator;
  let isRequested = false;
  const button = find(document, '#update button', HTMLButtonElement);
  button.addEventListener('click', () => {
    isRequested = true;
    button.disabled = true;
    // It may have taken over already, asked by another tab.
    if (registration.waiting) registration.waiting.postMessage('take over');
    else location.reload();
  });
  serviceWorker.addEventListener('controllerchange', () => isRequested && location.reload());

  const watch = () => {
    const { installing, active } = registration;
    installing?.addEventListener('statechange', () => {
      // The first one of all is no news.
      if (installing.state === 'installed' && active) offerUpdate();
    });
  };
  if (registration.waiting) offerUpdate();
  // It may be on its way already.
  watch();
  registration.addEventListener('updatefound', watch);
  document.addEventListener('visibilitychange', () => {
    // Browsers look for themselves when a page is opened, but an installed one may stay open for weeks.
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  });
  await serviceWorker.ready;
  return true;
}

/** Has the files for the GPU kept as well; they are many megabytes, so only devices that use them do. */
export async function cacheGpuFiles() {
  if (!(await getRegistration())) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage('keep for the GPU');
}

/** The same registration each time, or nothing. */
async function getRegistration() {
  try {
    const address = new URL('../../service-worker.js', import.meta.url);
    return await navigator.serviceWorker.register(trustedAddress(address));
  } catch {
    return undefined;
  }
}

function offerUpdate() {
  find(document, '#update .message', HTMLElement).hidden = false;
}
