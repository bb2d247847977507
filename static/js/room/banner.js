// A service notice takes one line of a low window, and says the rest when asked: the conversation stays in sight.

/** Shows "More" where the notice has more to say than its line holds. */
export function startBanner(view) {
  const banner = view.document.querySelector("[data-banner]");
  if (!banner) return;
  const words = banner.querySelector("[data-banner-words]");
  const more = banner.querySelector("[data-banner-more]");
  const isOpen = () => banner.classList.contains("app-banner--open");
  const look = () => isOpen() || banner.classList.toggle("app-banner--long", words.scrollWidth > words.clientWidth);
  // A finger on it does not take the keyboard away.
  more.addEventListener("mousedown", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const open = banner.classList.toggle("app-banner--open");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Less" : "More";
  });
  new view.ResizeObserver(look).observe(words);
}
