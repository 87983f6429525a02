// A photo from the device's camera.

import { find } from '../dom.js';
import { number, text } from './text.js';

/** Opens the dialog. Resolves to the photo, or to nothing where there is none. @returns {Promise<Blob | undefined>} */
export async function openCamera() {
  const dialog = find(document, '#camera', HTMLDialogElement);
  const video = find(dialog, 'video', HTMLVideoElement);
  const status = find(dialog, '[role=status]', HTMLElement);
  const select = find(dialog, 'select', HTMLSelectElement);
  const takePhoto = find(dialog, '.take-photo', HTMLButtonElement);
  const controller = new AbortController();
  const { signal } = controller;
  /** @type {MediaStream | undefined} */
  let stream;
  const stopStream = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
  };

  /** @param {string} [camera] */
  const start = async (camera) => {
    stopStream();
    takePhoto.disabled = true;
    status.textContent = text('camera.asking');
    try {
      const wanted = camera ? { deviceId: { exact: camera } } : { facingMode: 'environment' };
      stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, width: { ideal: 1920 } } });
      if (signal.aborted) return stopStream();
      video.srcObject = stream;
      await video.play();
      await listCameras(select, stream);
      takePhoto.disabled = false;
      status.textContent = text('camera.live');
    } catch (error) {
      const isRefused = error instanceof DOMException && ['NotAllowedError', 'SecurityError'].includes(error.name);
      status.textContent = text(isRefused ? 'camera.refused' : 'camera.none');
    }
  };

  return new Promise((resolve) => {
    /** @type {Blob | undefined} */
    let photo;
    dialog.addEventListener(
      'close',
      () => {
        controller.abort();
        stopStream();
        video.srcObject = null;
        resolve(photo);
      },
      { signal },
    );
    select.addEventListener('change', () => void start(select.value), { signal });
    find(dialog, '.close', HTMLButtonElement).addEventListener('click', () => dialog.close(), { signal });
    takePhoto.addEventListener(
      'click',
      async () => {
        photo = await captureFrame(video);
        dialog.close();
      },
      { signal },
    );
    // Which there are is known once one of them is on.
    /** @type {HTMLElement} */ (select.parentElement).hidden = true;
    dialog.showModal();
    void start();
  });
}

/** @param {HTMLVideoElement} video */
function captureFrame(video) {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
}

/** @param {HTMLSelectElement} select @param {MediaStream} stream */
async function listCameras(select, stream) {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
  const current = stream.getVideoTracks()[0]?.getSettings().deviceId;
  select.replaceChildren(
    ...cameras.map(
      ({ deviceId, label }, index) =>
        new Option(
          label || text('camera.number', { number: number(index + 1) }),
          deviceId,
          false,
          deviceId === current,
        ),
    ),
  );
  /** @type {HTMLElement} */ (select.parentElement).hidden = cameras.length < 2;
}
