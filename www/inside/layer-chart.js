// How the time and the multiply-adds are spread over the stages, as bars: a picture to take away.

/** @import { LayerGroup } from './layer-groups.js' */
/** @import { Inside } from './inside.js' */

import { canvasOf, contextOf } from './picture.js';

/** Pixels: of a row, of a bar, of the names' column and of a column of bars. */
const [ROW, BAR, NAMES, BARS] = [44, 20, 220, 480];
const COLOURS = ['#1b5fa8', '#9a6a00'];

/** The part of a column of bars that the longest takes; what it stands for is written behind it. */
const LONGEST = 0.5;

/** On white, whatever the page is. @param {Inside} inside @param {LayerGroup[]} groups @param {string} family of the font */
export function chartOf(inside, groups, family) {
  const canvas = canvasOf(NAMES + 2 * BARS, (groups.length + 1) * ROW);
  const context = contextOf(canvas);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { font: `18px ${family}`, textBaseline: 'middle' });
  const columns = [
    {
      title: 'inside.layer.time',
      amounts: groups.map(({ milliseconds }) => milliseconds),
      tell: inside.time.bind(inside),
    },
    {
      title: 'inside.layer.multiply-adds',
      amounts: groups.map(({ multiplyAdds }) => multiplyAdds),
      tell: inside.multiplyAdds.bind(inside),
    },
  ];
  const write = (/** @type {string} */ line, /** @type {number} */ x, /** @type {number} */ row) => {
    context.fillStyle = '#111';
    context.fillText(line, x, (row + 0.5) * ROW);
  };
  for (const [index, { name }] of groups.entries()) write(name, 16, index + 1);
  for (const [column, { title, amounts, tell }] of columns.entries()) {
    const left = NAMES + column * BARS;
    const most = Math.max(...amounts, 1e-9);
    write(inside.text(title), left, 0);
    for (const [index, amount] of amounts.entries()) {
      const width = (amount / most) * BARS * LONGEST;
      context.fillStyle = COLOURS[column];
      context.fillRect(left, (index + 1) * ROW + (ROW - BAR) / 2, width, BAR);
      if (amount) write(tell(amount), left + width + 8, index + 1);
    }
  }
  return canvas;
}
