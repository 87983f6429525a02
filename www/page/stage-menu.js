// What can be done with the photo on the stage: its text copied, its maps saved, another sentence taken, or itself
// removed.

/** @import { Captioner } from '../captioner.js' */
/** @import { Photo } from './photo.js' */
/** @import { Stage } from './stage.js' */

import { find } from '../dom.js';
import { save } from '../view/save.js';
import { stripAsPng } from './attention-strip.js';
import { deviceOf, totalTime } from './effort.js';
import { imageTag } from './export.js';
import { watchMenu } from './menu.js';
import { number, text } from './text.js';

/** How long a button says that it has copied, in milliseconds. */
const COPIED_TIME = 2000;

/**
 * @param {Stage} stage
 * @param {object} page
 * @param {() => Captioner | undefined} page.captioner the one at work
 * @param {(sentence: string) => void} page.announce
 * @param {(photo: Photo) => void} page.onLookInside
 * @param {() => void} page.onShowLarge
 * @param {(photo: Photo) => void} page.remove
 */
export function watchStageMenu(stage, { captioner, announce, onLookInside, onShowLarge, remove }) {
  const actions = find(document, '#stage .actions', HTMLElement);
  const menu = find(actions, '.more', HTMLElement);
  const sentences = find(document, '#sentences', HTMLDialogElement);

  /** @param {string} selector @param {(photo: Photo, button: HTMLElement) => void} listener */
  const onClick = (selector, listener) => {
    const button = find(actions, selector, HTMLButtonElement);
    button.addEventListener('click', () => stage.photo && listener(stage.photo, button));
  };

  /** @param {HTMLElement} button @param {string} words */
  const copy = async (button, words) => {
    try {
      // There is none on plain http.
      await navigator.clipboard.writeText(words);
    } catch {
      prompt(text('stage.copy'), words);
      return;
    }
    button.textContent = text('stage.copied');
    announce(button.textContent);
    setTimeout(() => (button.textContent = text('stage.copy')), COPIED_TIME);
  };

  watchMenu(menu, () => {
    const photo = /** @type {Photo} */ (stage.photo);
    const caption = /** @type {import('../protocol.js').Caption} */ (photo.caption);
    const sees = caption.words.some(({ attention }) => attention);
    /** @type {Record<string, boolean>} */
    const shown = {
      // The name of a class is no alternative text.
      '.copy-html': !photo.isClass,
      '.save-strip': sees && !find(document, '#stage .photo', HTMLElement).classList.contains('unseen'),
      '.other-sentences': caption.candidates.length > 1 && !photo.isClass,
      '.heat': sees,
      '.look-inside': Boolean(captioner()),
      '.redo': photo.canDiffer(captioner()),
    };
    for (const [selector, isShown] of Object.entries(shown)) find(menu, selector, HTMLElement).hidden = !isShown;
    find(menu, '.heat', HTMLElement).textContent = text(stage.isHeat ? 'stage.spotlight' : 'stage.heat');
    find(menu, '.details', HTMLElement).textContent = details(photo);
  });

  onClick('.copy', (photo, button) => copy(button, photo.caption?.hedged ?? ''));
  onClick('.copy-html', (photo) =>
    copy(find(actions, '.copy', HTMLElement), imageTag(photo.name, photo.caption?.hedged ?? '')),
  );
  onClick('.save-strip', async ({ caption, name, blob }) => {
    if (!caption) return;
    save(`${name.replace(/\.[^.]*$/, '')}-attention.png`, await stripAsPng(caption, blob, stage));
  });
  onClick('.heat', () => stage.setHeat(!stage.isHeat));
  onClick('.look-inside', onLookInside);
  onClick('.show-large', onShowLarge);
  onClick('.redo', (photo) => void photo.write());
  onClick('.remove', remove);
  onClick('.other-sentences', (photo) => {
    showSentences(sentences, photo);
    sentences.showModal();
  });
  find(sentences, '.close', HTMLButtonElement).addEventListener('click', () => sentences.close());
}

/** The sentences that were considered, best first. @param {HTMLDialogElement} dialog @param {Photo} photo */
function showSentences(dialog, photo) {
  const { caption, first } = photo;
  const own = /** @type {import('../protocol.js').Caption} */ (first ?? caption);
  find(dialog, 'ol', HTMLElement).replaceChildren(
    ...own.candidates.map((candidate, index) => {
      const { text: sentence, ended } = candidate;
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = ended ? sentence : sentence.replace(/\.?$/, ' …');
      button.ariaCurrent = caption?.text === sentence ? 'true' : null;
      button.addEventListener('click', () => {
        dialog.close();
        if (index === 0) photo.takeFirst();
        else void photo.choose(candidate);
      });
      item.append(button);
      return item;
    }),
  );
}

/** Its name, and how long its caption took. @param {Photo} photo */
function details({ name, caption }) {
  if (!caption) return name;
  const seconds = number(totalTime(caption) / 1000, { maximumFractionDigits: 1 });
  const device = text(`device.${deviceOf(caption)}`);
  return `${name} · ${text('stage.took', { seconds, device })}`;
}
