/** Moves the focus to the summary of errors, so that it is the first thing read. */
export function focusErrorSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) summary.focus();
}
