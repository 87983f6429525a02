// The classes that a photo may be of, and how probable each is.

/** @import { Caption } from '../protocol.js' */
/** @import { Language } from './language.js' */

/** How many are shown. */
const COUNT = 5;

/** @param {HTMLElement} list @param {Caption} caption of a model that knows classes @param {Language} language */
export function showClasses(list, { words }, language) {
  const classes = words.flatMap((word) => [word, ...word.alternatives]);
  const best = classes.sort((one, other) => other.logProbability - one.logProbability).slice(0, COUNT);
  list.replaceChildren(
    ...best.map(({ text, logProbability }) => {
      const item = document.createElement('li');
      const share = document.createElement('span');
      Object.assign(share, { className: 'muted', lang: language.tag, dir: 'auto' });
      share.textContent = language.percent(logProbability);
      item.append(`${text} `, share);
      return item;
    }),
  );
}
