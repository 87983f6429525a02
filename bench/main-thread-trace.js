// What a page's main thread did, as Chromium itself recorded it.

import assert from 'node:assert/strict';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @typedef {{ name: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args: any }} TraceEvent */

/**
 * The main thread's tasks between the marks `trace-begin` and `trace-end`, the longest first, each with what took it
 * longest. A task's time is the processor's: it is no fault of the page where the machine has others to serve.
 * @param {BrowserContext} browser @param {Page} page @param {() => Promise<void>} act sets both marks
 */
export async function recordMainThread(browser, page, act) {
  const session = await browser.newCDPSession(page);
  const includedCategories = ['blink.user_timing', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await session.send('Tracing.start', { transferMode: 'ReturnAsStream', traceConfig: { includedCategories } });
  await act();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  const { stream } = await complete;
  /** @type {Buffer[]} */
  const parts = [];
  for (;;) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle: stream });
    parts.push(Buffer.from(data, base64Encoded ? 'base64' : 'utf8'));
    if (eof) break;
  }
  /** @type {TraceEvent[]} */
  const events = JSON.parse(String(Buffer.concat(parts))).traceEvents;
  const [begin, end] = ['trace-begin', 'trace-end'].map((name) => events.find((event) => event.name === name));
  assert.ok(begin && end, 'both marks are in the trace');
  const own = events.filter(
    ({ pid, tid, ts }) => pid === begin.pid && tid === begin.tid && ts >= begin.ts && ts <= end.ts,
  );
  const tasks = own
    .filter(({ name, dur }) => name === 'RunTask' && dur !== undefined)
    .map((task) => {
      const inside = own.filter(
        (event) =>
          event !== task && event.ts >= task.ts && event.ts < task.ts + (task.dur ?? 0) && event.name !== 'RunTask',
      );
      inside.sort((one, other) => (other.tdur ?? 0) - (one.tdur ?? 0));
      const what = inside
        .slice(0, 3)
        .map(({ name, tdur = 0, args }) => `${name} ${(tdur / 1000).toFixed(1)}${fileOf(args.data?.url)}`);
      return { milliseconds: (task.tdur ?? task.dur ?? 0) / 1000, what };
    });
  tasks.sort((one, other) => other.milliseconds - one.milliseconds);
  return { tasks: tasks.slice(0, 10), count: tasks.length };
}

/** @param {string} [url] of a script */
function fileOf(url) {
  return url ? ` in ${new URL(url).pathname.slice(1)}` : '';
}
