// Installs what is missing, says so, and is quick when nothing is.

import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { Failure, fail, output, root, run, say } from './run.js';

/** What a page runs, and what Node does. */
export const WASM = 'wasm32-unknown-unknown';
export const WASI = 'wasm32-wasip1-threads';

export function ensureRust() {
  if (!output('cargo', ['--version'])) fail('Rust is missing; install it from https://rustup.rs and try again');
}

/** The packages of package-lock.json. */
export function ensurePackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (isFresh) return;
  say('Installing the npm packages');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** Rust's standard library for a wasm. @param {string} target */
export function ensureTarget(target) {
  const sysroot = output('rustc', ['--print', 'sysroot']);
  if (sysroot && existsSync(join(sysroot, 'lib/rustlib', target))) return;
  say(`Installing Rust's ${target} target`);
  run('rustup', ['target', 'add', target]);
}

/**
 * Builds what writes the bindings of a wasm, which has to be of wasm-bindgen's version to the letter. Returns where it is.
 * @param {...string} options of cargo
 */
export function buildBindgen(...options) {
  // In a folder of its own, so that it waits for no other build.
  const folder = join(root, 'target/bindgen');
  run('cargo', ['build', '--package=sightline-bindgen', '--locked', '--target-dir', folder, ...options]);
  return join(folder, 'debug/sightline-bindgen');
}

/** cargo-nextest, which runs the tests of all binaries side by side. */
export function ensureNextest() {
  ensureCargoCommand('nextest', 'cargo-nextest');
}

/** cargo-deny, which reads licences and lists of known faults. It runs for seconds, and optimised it takes minutes more to build. */
export function ensureDeny() {
  ensureCargoCommand('deny', 'cargo-deny@0.20.2', '--debug');
}

/** @param {string} name that cargo knows it by @param {...string} options of cargo install: the package, and how it is built */
function ensureCargoCommand(name, ...options) {
  const own = join(root, 'target/tools');
  process.env.PATH = `${join(own, 'bin')}${delimiter}${process.env.PATH}`;
  if (output('cargo', [name, '--version'])) return;
  say(`Installing cargo-${name} into target/tools (some minutes, once)`);
  run('cargo', ['install', ...options, '--locked', '--root', own, '--target-dir', join(root, 'target/tools-build')]);
}

/** A Chromium for the browser tests. Returns where it is. */
export function ensureChromium() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  for (const path of found) if (path && existsSync(path)) return path;
  const { chromium } = createRequire(import.meta.url)('playwright-core');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  if (hasApt()) {
    installWithApt('Chromium', 'chromium');
    return '/usr/bin/chromium';
  }
  say('Downloading Chromium with Playwright');
  run('npx', ['playwright-core', 'install', '--with-deps', 'chromium']);
  return chromium.executablePath();
}

/** Firefox for the browser tests. Where it cannot be had, its tests are skipped and say so. */
export function ensureFirefox() {
  if (!findFirefox()) tryToInstall('Firefox', 'firefox-esr');
}

/** Where it is. Ubuntu's /usr/bin/firefox may be one that only installs another, so it is not looked for. */
export function findFirefox() {
  return [process.env.FIREFOX, '/usr/bin/firefox-esr'].find((path) => path && existsSync(path));
}

/** WebKit for the browser tests, with what drives it and a screen for it. Where it cannot be had, as for Firefox. */
export function ensureWebKit() {
  if (!hasWebKit()) tryToInstall('WebKit', 'webkit2gtk-driver', 'xvfb');
}

export function hasWebKit() {
  return ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb'].every((path) => existsSync(path));
}

/**
 * A GPU that the processor computes, for tests of what runs on one: Mesa's, which has floats of 16 bits, or else the one
 * that Chromium brings along. Returns what makes programs find it; nothing where somebody chose one, or there is none.
 * @param {string} chromium where it is
 * @returns {Record<string, string>}
 */
export function ensureSoftwareGpu(chromium) {
  if (process.env.VK_ICD_FILENAMES) return {};
  if (!mesaGpu() && hasApt()) installWithApt('a GPU in software', 'mesa-vulkan-drivers');
  const mesa = mesaGpu();
  if (mesa) return { VK_ICD_FILENAMES: mesa };
  const folders = [dirname(realpathSync(chromium)), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  const folder = folders.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (!folder) return {};
  const libraries = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter);
  return { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: libraries };
}

/** Where Vulkan is told of it. */
function mesaGpu() {
  const folder = '/usr/share/vulkan/icd.d';
  const name = existsSync(folder) && readdirSync(folder).find((name) => /^lvp_icd\b.*\.json$/.test(name));
  return name ? join(folder, name) : undefined;
}

/** GNU parallel, for the recipe that needs it. Where it cannot be had, its test is skipped and says so. */
export function ensureParallel() {
  if (!hasParallel()) tryToInstall('GNU parallel', 'parallel');
}

/** There is another program of that name. */
export function hasParallel() {
  return Boolean(output('parallel', ['--version'])?.startsWith('GNU parallel'));
}

/** Whether Debian's packages can be installed. */
function hasApt() {
  return Boolean(output('apt-get', ['--version'])) && process.getuid?.() === 0;
}

/** Goes on where that fails: not every distribution has everything. @param {string} what @param {...string} names */
function tryToInstall(what, ...names) {
  if (!hasApt()) return;
  try {
    installWithApt(what, ...names);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`${error.message}; what needs ${what} is skipped`);
  }
}

/** @param {string} what @param {...string} names of the packages */
function installWithApt(what, ...names) {
  say(`Installing ${what} with apt-get`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { DEBIAN_FRONTEND: 'noninteractive' });
}
