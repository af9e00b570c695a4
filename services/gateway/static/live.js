// Says what has come to fit since the list was shown. Without it the page is whole.
"use strict";

const region = document.querySelector("[data-live]");

if (region && "EventSource" in window) {
  const text = region.querySelector("[data-live-text]");
  const again = region.querySelector("a");
  const source = new EventSource(region.dataset.live);
  source.addEventListener("news", (event) => {
    const news = JSON.parse(event.data).text;
    // The same words again are no news: a screen reader would read them out again.
    if (text.textContent !== news) {
      text.textContent = news;
      again.hidden = false;
    }
  });
  source.addEventListener("end", () => source.close());
}
