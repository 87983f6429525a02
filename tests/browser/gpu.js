// What tests need where WebGPU and workers come and go: code in front of others', and waiting for what becomes of it.

import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

/** @import { Page } from 'playwright-core' */
/** @import { Fixture } from './fixture.js' */

/** In front of a page's, takes Chromium's software adapter for a GPU. */
export const HARDWARE = `
  Object.defineProperty(GPUAdapter.prototype, 'info', {
    value: { vendor: '', architecture: '', device: '', description: '' },
  });`;

/** In front of a worker's, lets no caption go on until it is told to. */
export const HOLD = `
  const send = MessagePort.prototype.postMessage;
  const told = new Promise((resolve) => (new BroadcastChannel('go on').onmessage = resolve));
  MessagePort.prototype.postMessage = function (...message) { void told.then(() => send.apply(this, message)); };`;

/** In front of a worker's, has it hang as soon as it has told a word. */
export const HANG = `
  const tell = self.postMessage;
  self.postMessage = (message) => {
    tell.call(self, message);
    for (;;) if (message.type !== 'words') break;
  };`;

/** In front of a worker's, loses its GPU. @param {string} when code, with the `device` at hand */
const lose = (when) => `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await request.apply(this, options);
    ${when};
    return device;
  };`;

export const LOSE_WHEN_TOLD = lose("new BroadcastChannel('destroy').onmessage = () => device.destroy()");
export const LOSE_AT_ONCE = lose('device.destroy()');

/** @param {Page} page */
export const tellToLose = (page) => page.evaluate(() => new BroadcastChannel('destroy').postMessage('now'));

/**
 * Waits until something holds; Chromium's software adapter takes its time.
 * @param {() => unknown} condition
 */
export async function untilTrue(condition) {
  for (const end = Date.now() + 120_000; !(await condition()); await setTimeout(20)) {
    assert.ok(Date.now() < end, `${condition} does not come true`);
  }
}

/** Whether the wasm for WebGPU was asked for. @param {Fixture} fixture */
export const isGpuAsked = ({ requests }) => requests.some((url) => url.includes('/wasm/gpu/'));

/** Waits until the GPU is being made ready, and then until that is given up. @param {Fixture} fixture @param {Page} page */
export async function untilGpuGivenUp(fixture, page) {
  await untilTrue(() => isGpuAsked(fixture));
  await untilTrue(() => page.workers().length === 1);
}
