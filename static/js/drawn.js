/**
 * What stood in a field when the server drew the page. Whoever is quick, or has a slow phone, types before any script
 * runs: that is not kept yet. A page that was gone back to or reloaded gets what stood there from the browser.
 */
export function asDrawn(field, view = globalThis) {
  const [visit] = view.performance.getEntriesByType("navigation");
  return visit?.type === "navigate" ? field.defaultValue ?? field.value : field.value;
}
