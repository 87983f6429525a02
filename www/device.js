// Which device to compute on, and noticing when it is gone.

/** @import { Device } from './protocol.js' */

import { CaptionerError } from './errors.js';

/** Adapters that compute on the processor, slower than the CPU device does. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/**
 * A software adapter counts only for those who ask for WebGPU by name.
 * @param {Device | 'auto'} requested
 * @returns {Promise<Device>}
 */
export async function chooseDevice(requested) {
  if (requested === 'cpu') return 'cpu';
  if (requested !== 'auto' && requested !== 'webgpu') {
    throw new CaptionerError(
      'bad-option',
      `The device is ${JSON.stringify(requested)}; it has to be auto, cpu or webgpu.`,
    );
  }
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (requested === 'webgpu') {
    if (adapter) return 'webgpu';
    throw new CaptionerError('device-unavailable', 'This browser has no WebGPU here; use the device cpu.');
  }
  return adapter && !isSoftware(adapter) ? 'webgpu' : 'cpu';
}

/** @param {GPUAdapter} adapter */
function isSoftware(adapter) {
  // Older browsers have no `info`.
  const { isFallbackAdapter, vendor, architecture, device, description } = adapter.info ?? {};
  return isFallbackAdapter || SOFTWARE.test([vendor, architecture, device, description].join(' '));
}

/**
 * Burn opens the device and keeps it to itself, so whoever wants to know of its end has to look on.
 * @param {(code: 'device-lost' | 'out-of-memory', message: string) => void} onLost
 */
export function watchDevices(onLost) {
  if (!('GPUAdapter' in globalThis)) return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (/** @type {GPUDeviceDescriptor | undefined} */ descriptor) {
    const device = await requestDevice.call(this, descriptor);
    void device.lost.then(({ message }) => onLost('device-lost', message || 'The GPU was lost.'));
    device.addEventListener('uncapturederror', ({ error }) => {
      if (error instanceof GPUOutOfMemoryError) {
        onLost('out-of-memory', error.message || 'The GPU has too little memory.');
      }
    });
    return device;
  };
}
