// Begins the page after its first paint, which its modules would delay. This is no module, so that it runs before them.

{
  let isBegun = false;
  const begin = () => {
    if (!isBegun) void import('./page.js');
    isBegun = true;
  };
  // In another language nothing is painted before its words are here.
  const isPainted = document.documentElement.lang === 'en' && PerformanceObserver.supportedEntryTypes.includes('paint');
  if (isPainted) new PerformanceObserver(begin).observe({ type: 'paint', buffered: true });
  // In a tab that nobody looks at nothing is painted either.
  if (isPainted && !document.hidden) setTimeout(begin, 500);
  else begin();
}
