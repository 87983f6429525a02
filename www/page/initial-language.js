// The reader's language, before anything is painted: another one than English shows itself when its texts are here, so
// that nothing jumps. This is no module, because modules run after the first paint.

{
  const { documentElement: page } = document;
  const languages = page.dataset.languages?.split(' ') ?? [];
  let remembered = null;
  try {
    remembered = localStorage.getItem('sightline-language');
  } catch {
    // Storage is forbidden.
  }
  const wanted = [new URLSearchParams(location.search).get('lang'), remembered, ...navigator.languages];
  page.lang = wanted.map((tag) => tag?.split('-')[0] ?? '').find((tag) => languages.includes(tag)) ?? 'en';
}
