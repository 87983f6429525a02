// A finished example, before anything is downloaded: its words walk by themselves until somebody points at one.

/** @import { Caption } from '../protocol.js' */

import { find } from '../dom.js';
import { AttentionOverlay, isDarkPhoto } from '../view/attention-overlay.js';
import { CaptionWords } from '../view/caption-words.js';
import { currentLanguage, onLanguage, text } from './text.js';

/** From one word to the next, in milliseconds. */
const INTERVAL = 900;
const ROUNDS = 2;

const stillness = matchMedia('(prefers-reduced-motion: reduce)');

/** @returns {Promise<() => void>} ends the walk */
export async function showExample() {
  const section = find(document, '#example', HTMLElement);
  const image = find(section, 'img', HTMLImageElement);
  const tag = find(section, '.tag', HTMLElement);
  /** @type {Caption} */
  const caption = await (await fetch(new URL('./example/example.json', import.meta.url))).json();
  const overlay = new AttentionOverlay(find(section, '.overlay', HTMLElement));
  await image.decode();
  const isDark = isDarkPhoto(image);
  const { words } = caption;

  let shown = -1;
  /** @param {number} index */
  const show = (index) => {
    shown = index;
    const word = words[index];
    tag.hidden = !overlay.show(word, { isDark });
    tag.textContent = word ? text('stage.looked', { word: word.text }) : '';
  };
  const toolbar = new CaptionWords(find(section, '.words', HTMLElement), {
    language: currentLanguage,
    onShow: show,
    onSelect: () => {},
    onPlay: () => {},
  });
  toolbar.show(caption);
  onLanguage(() => {
    toolbar.updateLanguage();
    show(shown);
  });

  // The word that the model looked most closely for.
  const peaks = words.map(({ attention }) => Math.max(...(attention?.flat() ?? [0])));
  const surest = peaks.indexOf(Math.max(...peaks));
  if (stillness.matches) {
    toolbar.select(surest);
    return () => {};
  }
  let step = 0;
  const timer = setInterval(() => {
    if (step < ROUNDS * words.length) toolbar.select(step % words.length);
    else {
      toolbar.select(surest);
      end();
    }
    step += 1;
  }, INTERVAL);
  const end = () => clearInterval(timer);
  for (const type of ['pointerenter', 'focusin']) section.addEventListener(type, end, { once: true });
  return end;
}
