// Every way in which a photo gets onto the page: dropped, chosen, pasted, taken, fetched, or one of the samples.

import { find } from '../dom.js';
import { CaptionerError } from '../errors.js';
import { loadPhoto } from '../photo-source.js';
import { openCamera } from './camera.js';
import { onLanguage, text } from './text.js';

/** @typedef {{ blob: Blob, name: string }} NamedPhoto */

const errorMessage = find(document, '#intake-error', HTMLElement);

/** Says what is wrong with what came last; nothing, if nothing is. @param {string} [key] of a text */
export function showIntakeError(key = '') {
  errorMessage.dataset.error = key;
  errorMessage.textContent = key && text(key);
}

/** @param {File} file */
function mayBePhoto({ name, type }) {
  // Folders hold files that their owners never see. Without a type, the first bytes decide later whether it is a photo.
  return !name.startsWith('.') && (type === '' || type.startsWith('image/'));
}

/** @param {(photos: NamedPhoto[]) => void} onPhotos */
export function watchIntake(onPhotos) {
  /** @param {NamedPhoto[]} photos */
  const addPhotos = (photos) => {
    showIntakeError();
    onPhotos(photos);
  };
  /** @param {File[]} files @param {string} [unnamed] */
  const addFiles = (files, unnamed) => {
    const photos = files.filter(mayBePhoto);
    if (!photos.length) return showIntakeError('intake.none');
    addPhotos(photos.map((blob) => ({ blob, name: unnamed ?? blob.name })));
  };
  watchFileInput(addFiles);
  watchDrops(addFiles, (address) => void fetchAddress(address));
  window.addEventListener('paste', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const files = [...(event.clipboardData?.files ?? [])];
    if (isTyping || !files.length) return;
    event.preventDefault();
    // Browsers call every pasted picture image.png.
    addFiles(files, files.length === 1 && files[0].name === 'image.png' ? text('intake.pasted') : undefined);
  });
  find(document, '#open-camera', HTMLButtonElement).addEventListener('click', async () => {
    const blob = await openCamera();
    if (blob) addPhotos([{ blob, name: text('intake.taken') }]);
  });

  const form = find(document, '#link', HTMLFormElement);
  const address = find(document, '#address', HTMLInputElement);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await fetchAddress(address.value)) form.reset();
  });

  /** @param {string} address */
  async function fetchAddress(address) {
    // The same error again is to be said again.
    showIntakeError();
    try {
      const blob = await loadPhoto(address);
      if (!(blob instanceof Blob)) return false;
      addPhotos([{ blob, name: nameFromUrl(address) }]);
      return true;
    } catch (error) {
      showIntakeError(`error.${CaptionerError.from(error).code}`);
      return false;
    }
  }

  offerSamples(addPhotos);
  onLanguage(() => showIntakeError(errorMessage.dataset.error));
}

/** What a photo behind an address is called. @param {string} address */
function nameFromUrl(address) {
  const { protocol, host, pathname } = new URL(address);
  const isContent = protocol === 'data:';
  const last = (!isContent && pathname.split('/').at(-1)) || host || protocol;
  try {
    return decodeURIComponent(last);
  } catch {
    // A percent sign may be nothing but that.
    return last;
  }
}

/** @param {(files: File[]) => void} addPhotos */
function watchFileInput(addPhotos) {
  const input = find(document, '#files', HTMLInputElement);
  find(document, '#choose', HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    addPhotos([...(input.files ?? [])]);
    // So that the same photo can be chosen again.
    input.value = '';
  });
}

/** @param {(files: File[]) => void} addPhotos @param {(address: string) => void} addUrl */
function watchDrops(addPhotos, addUrl) {
  const dropSign = find(document, '#drop-here', HTMLElement);
  /** @param {DragEvent} event */
  const isFor = ({ dataTransfer }) => dataTransfer?.types.some((type) => type === 'Files' || type === 'text/uri-list');
  window.addEventListener('dragover', (event) => {
    if (!isFor(event)) return;
    event.preventDefault();
    dropSign.classList.add('open');
  });
  for (const type of ['dragleave', 'drop', 'dragend']) {
    window.addEventListener(type, (event) => {
      const isLeaving = type !== 'dragleave' || !(/** @type {DragEvent} */ (event).relatedTarget);
      if (isLeaving) dropSign.classList.remove('open');
    });
  }
  window.addEventListener('drop', async (event) => {
    if (!isFor(event) || !event.dataTransfer) return;
    event.preventDefault();
    const address = event.dataTransfer
      .getData('text/uri-list')
      .split('\n')
      .find((line) => line && !line.startsWith('#'));
    // They have to be asked for before the first await: afterwards the list is empty. What lies on no disk has no
    // entry.
    const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
    const files = (
      await Promise.all(dropped.map((one) => (one instanceof File ? [one] : one ? filesUnder(one) : [])))
    ).flat();
    if (files.length || !address) addPhotos(files);
    else addUrl(address.trim());
  });
}

/** A folder's files, in the order of their names. @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function filesUnder(entry) {
  if (entry.isFile) {
    return new Promise((resolve) =>
      /** @type {FileSystemFileEntry} */ (entry).file(
        (file) => resolve([file]),
        () => resolve([]),
      ),
    );
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {FileSystemEntry[]} */
  const entries = [];
  for (;;) {
    // It gives a hundred at a time, and an empty list at the end.
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) break;
    entries.push(...some);
  }
  entries.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(entries.map(filesUnder))).flat();
}

/** The pictures that were drawn for this page. @param {(photos: NamedPhoto[]) => void} addPhotos */
function offerSamples(addPhotos) {
  const buttons = [...document.querySelectorAll('button.sample')].map((button) => {
    const name = `sample.${/** @type {HTMLElement} */ (button).dataset.sample}`;
    button.addEventListener('click', async () => {
      const response = await fetch(find(button, 'img', HTMLImageElement).src).catch(() => undefined);
      if (!response?.ok) return showIntakeError('error.image-unreachable');
      addPhotos([{ blob: await response.blob(), name: text(name) }]);
    });
    return { button, name };
  });
  const updateLabels = () => {
    for (const { button, name } of buttons) {
      button.setAttribute('aria-label', text('intake.sample', { name: text(name) }));
    }
  };
  onLanguage(updateLabels);
  updateLabels();
}
