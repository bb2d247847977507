/** A page that the browser kept from before may show what is no longer so, or to whom it may not: ask again. */
export function reloadKeptPages(view) {
  view.addEventListener("pageshow", (event) => {
    if (event.persisted) view.location.reload();
  });
}
