// Every way in which a photo gets onto the page: dropped, chosen, pasted, taken, fetched, or one of the samples.

/** @import { NamedPhoto } from './photo-context.js' */

import { find } from '../dom.js';
import { CaptionerError } from '../errors.js';
import { loadPhoto } from '../photo-source.js';
import { showError } from './messages.js';
import { offerSamples } from './sample-buttons.js';
import { text } from './text.js';

/** @param {File} file */
function mayBePhoto({ name, type }) {
  // Folders hold files that their owners never see. Without a type, the first bytes decide later whether it is a photo.
  return !name.startsWith('.') && (type === '' || type.startsWith('image/'));
}

/** @param {(photos: NamedPhoto[]) => void} onPhotos */
export function watchIntake(onPhotos) {
  /** @param {NamedPhoto[]} photos */
  const addPhotos = (photos) => {
    showError();
    onPhotos(photos);
  };
  /** @param {File[]} files @param {string} [unnamed] */
  const addFiles = (files, unnamed) => {
    const photos = files.filter(mayBePhoto);
    if (!photos.length) return showError('intake.none');
    addPhotos(photos.map((blob) => ({ blob, name: unnamed ?? blob.name })));
  };
  watchFileInput('#files', '.choose', addFiles);
  watchCamera(addPhotos, addFiles);
  watchLink(addPhotos);
  watchDrops(addFiles, async (address) => {
    // The same error again is to be said again.
    showError();
    const { blob, key } = await fetchPhoto(address);
    if (blob) addPhotos([{ blob, name: nameFromUrl(address) }]);
    else showError(key);
  });
  window.addEventListener('paste', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const files = [...(event.clipboardData?.files ?? [])];
    if (isTyping || !files.length) return;
    event.preventDefault();
    // Browsers call every pasted picture image.png.
    addFiles(files, files.length === 1 && files[0].name === 'image.png' ? text('intake.pasted') : undefined);
  });
  offerSamples(addPhotos);
}

/**
 * A telephone has a camera of its own, others the page's.
 * @param {(photos: NamedPhoto[]) => void} addPhotos
 * @param {(files: File[], name: string) => void} addFiles
 */
function watchCamera(addPhotos, addFiles) {
  const input = find(document, '#camera-files', HTMLInputElement);
  input.addEventListener('change', () => takeFiles(input, (files) => addFiles(files, text('intake.taken'))));
  for (const button of document.querySelectorAll('.take')) {
    button.addEventListener('click', async () => {
      // A laptop whose mouse is unplugged hovers as little, but has no camera that opens by itself.
      if (matchMedia('(pointer: coarse)').matches) return input.click();
      const blob = await import('./camera.js').then(
        ({ openCamera }) => openCamera(),
        () => showError('camera.unopened'),
      );
      if (blob) addPhotos([{ blob, name: text('intake.taken') }]);
    });
  }
}

/** @param {(photos: NamedPhoto[]) => void} addPhotos */
function watchLink(addPhotos) {
  const dialog = find(document, '#link', HTMLDialogElement);
  const form = find(dialog, 'form', HTMLFormElement);
  const address = find(dialog, '#address', HTMLInputElement);
  const error = find(dialog, '#link-error', HTMLElement);
  const add = find(form, '[type=submit]', HTMLButtonElement);
  for (const button of document.querySelectorAll('.link')) {
    button.addEventListener('click', () => {
      error.textContent = '';
      dialog.showModal();
    });
  }
  find(dialog, '.close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (add.disabled) return;
    error.textContent = '';
    add.disabled = true;
    const { blob, key } = await fetchPhoto(address.value);
    add.disabled = false;
    // Nobody waits for it any more.
    if (!dialog.open) return;
    error.textContent = key && text(key);
    if (!blob) return;
    dialog.close();
    addPhotos([{ blob, name: nameFromUrl(address.value) }]);
    form.reset();
  });
}

/** The photo behind an address, or the key of the text that tells why there is none. @param {string} address */
async function fetchPhoto(address) {
  try {
    const blob = await loadPhoto(address);
    return blob instanceof Blob ? { blob, key: '' } : { key: 'error.image-unreachable' };
  } catch (error) {
    return { key: `error.${CaptionerError.from(error).code}` };
  }
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

/** @param {string} selector of the input @param {string} buttons that open it @param {(files: File[]) => void} addPhotos */
function watchFileInput(selector, buttons, addPhotos) {
  const input = find(document, selector, HTMLInputElement);
  for (const button of document.querySelectorAll(buttons)) button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => takeFiles(input, addPhotos));
}

/** @param {HTMLInputElement} input @param {(files: File[]) => void} addPhotos */
function takeFiles(input, addPhotos) {
  addPhotos([...(input.files ?? [])]);
  // So that the same photo can be chosen again.
  input.value = '';
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
    // entry, or in WebKit one without a file.
    const dropped = [...event.dataTransfer.items].map((item) => {
      const entry = item.webkitGetAsEntry();
      return entry?.isDirectory ? entry : item.getAsFile();
    });
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
