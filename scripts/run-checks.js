// Runs checks one after the other, to the end whatever fails, and tells then how each of them went.

import { Failure, fail, say } from './run.js';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => unknown} run throws where it fails
 * @property {string[]} [needs] names of checks before it that make what it works on
 */
/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'skipped', seconds: number, reason: string }} Result */

/** @param {Check[]} checks @returns {Promise<Result[]>} */
export async function runChecks(checks) {
  /** @type {Result[]} */
  const results = [];
  for (const { name, run, needs = [] } of checks) {
    const missing = results.find((before) => needs.includes(before.name) && before.outcome !== 'passed');
    if (missing) {
      results.push({
        name,
        outcome: 'skipped',
        seconds: 0,
        reason: `“${missing.name}” ${missing.outcome === 'failed' ? 'failed' : 'was skipped'}`,
      });
      continue;
    }
    say(name);
    const begin = performance.now();
    const reason = await reasonOfFailure(run);
    if (reason) console.error(`\n✗ ${reason}`);
    const seconds = (performance.now() - begin) / 1000;
    results.push({ name, outcome: reason ? 'failed' : 'passed', seconds, reason });
  }
  return results;
}

/** Why a check fails; empty where it passes. @param {Check['run']} run */
async function reasonOfFailure(run) {
  try {
    await run();
    return '';
  } catch (error) {
    if (error instanceof Failure) return error.message;
    // A fault of the check itself.
    return (error instanceof Error && error.stack) || String(error);
  }
}

/** Lists all results, and fails unless every check has passed. @param {Result[]} results */
export function report(results) {
  say('Results');
  for (const { name, outcome, seconds, reason } of results) {
    const [firstLine] = reason.split('\n');
    const time = outcome === 'skipped' ? '' : `${seconds.toFixed(0)} s`;
    console.log(`${time.padStart(7)}  ${outcome.padEnd(7)}  ${name}${reason && `: ${firstLine}`}`);
  }
  const count = (/** @type {Result['outcome']} */ outcome) =>
    results.filter((result) => result.outcome === outcome).length;
  if (count('passed') < results.length) {
    fail(`Of ${results.length} checks ${count('failed')} failed and ${count('skipped')} were skipped`);
  }
  say(results.length === 1 ? 'The check passed' : `All ${results.length} checks passed`);
}
