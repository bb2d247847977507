// Help at once without leaving the room: the numbers open over the conversation, which goes on beneath.

/** Makes every link to the numbers open the panel of the room; without a panel the links lead to their page. */
export function startHelp(root) {
  const panel = root.querySelector("[data-help]");
  if (!panel) return;
  for (const link of root.ownerDocument.querySelectorAll('a[href="/help-now/"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      panel.showModal();
    });
  }
}
