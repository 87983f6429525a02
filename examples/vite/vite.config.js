export default {
  // Addresses as seen from the page, so that the site works under any path.
  base: './',
};
