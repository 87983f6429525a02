// Runs checks one after the other, to the end whatever fails, and tells then how each of them went.

import { Failure, fail, say } from './run.js';

/** What ends a check that cannot be made here, which is no fault of what is checked. */
export class Excuse extends Error {}

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => unknown} run throws where it fails
 * @property {string[]} [needs] names of checks before it that make what it works on
 */
/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'skipped' | 'excused', seconds: number, reason: string }} Result */

/** @param {Check[]} checks @param {Result[]} [earlier] which checks may need as well @returns {Promise<Result[]>} all of them */
export async function runChecks(checks, earlier = []) {
  const results = [...earlier];
  for (const { name, run, needs = [] } of checks) {
    const missing = results.find((before) => needs.includes(before.name) && before.outcome !== 'passed');
    if (missing) {
      results.push({
        name,
        outcome: 'skipped',
        seconds: 0,
        reason: `“${missing.name}” ${missing.outcome === 'failed' ? 'failed' : `was ${missing.outcome}`}`,
      });
      continue;
    }
    say(name);
    const begin = performance.now();
    const { outcome, reason } = await outcomeOf(run);
    if (reason) console.error(`\n${outcome === 'failed' ? '✗' : '–'} ${reason}`);
    results.push({ name, outcome, seconds: (performance.now() - begin) / 1000, reason });
  }
  return results;
}

/** How a check goes, and why where it does not pass. @param {Check['run']} run @returns {Promise<Pick<Result, 'outcome' | 'reason'>>} */
async function outcomeOf(run) {
  try {
    await run();
    return { outcome: 'passed', reason: '' };
  } catch (error) {
    if (error instanceof Excuse) return { outcome: 'excused', reason: error.message };
    if (error instanceof Failure) return { outcome: 'failed', reason: error.message };
    // A fault of the check itself.
    return { outcome: 'failed', reason: (error instanceof Error && error.stack) || String(error) };
  }
}

/** Lists all results, and fails unless every check has passed that can be made here. @param {Result[]} results */
export function report(results) {
  say('Results');
  for (const { name, outcome, seconds, reason } of results) {
    const [firstLine] = reason.split('\n');
    const time = outcome === 'skipped' ? '' : `${seconds.toFixed(0)} s`;
    console.log(`${time.padStart(7)}  ${outcome.padEnd(7)}  ${name}${reason && `: ${firstLine}`}`);
  }
  const count = (/** @type {Result['outcome']} */ outcome) =>
    results.filter((result) => result.outcome === outcome).length;
  const excused = count('excused');
  if (count('passed') + excused < results.length) {
    fail(`Of ${results.length} checks ${count('failed')} failed and ${count('skipped')} were skipped`);
  }
  if (excused) say(`Of ${results.length} checks ${excused} cannot be made here; the others passed`);
  else say(results.length === 1 ? 'The check passed' : `All ${results.length} checks passed`);
}
