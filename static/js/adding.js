// The files of a message that is being written: each is sent as soon as it is chosen, and the message names them.
import { UploadRow, element } from "./upload_row.js";

/** A file is added: the message names it from now on. */
function onAdded(row, { ref, label }) {
  row.words.textContent = `Added: ${label}`;
  row.item.append(Object.assign(document.createElement("input"), { type: "hidden", name: "file", value: ref }));
}

export function startAdding(root) {
  const form = root.closest("form");
  const list = root.querySelector("[data-added]");
  const input = root.querySelector("input[type=file]");
  const most = Number(root.dataset.most);
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  const waiting = element("p", "app-adding__wait");
  waiting.setAttribute("role", "status");
  root.append(waiting);
  let rows = [];
  const onGone = (row) => { rows = rows.filter((other) => other !== row); input.focus(); };

  for (const item of list.children) {
    const off = element("button", "app-adding__button", "Remove");
    off.type = "button";
    off.addEventListener("click", () => { item.remove(); input.focus(); });
    item.append(off);
  }

  input.addEventListener("change", () => {
    const room = most - list.querySelectorAll("input").length - rows.filter((row) => row.isSending).length;
    const chosen = [...input.files];
    waiting.textContent = chosen.length > room ? `A message holds ${most} files at most. Send the others in another message.` : "";
    for (const file of chosen.slice(0, Math.max(0, room))) {
      const row = new UploadRow(file, { url: root.dataset.adding, token: field.value, onAdded, onGone });
      rows.push(row);
      list.append(row.item);
      row.start();
    }
    input.value = "";
  });

  form.addEventListener("submit", (event) => {
    if (!rows.some((row) => row.isSending)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.textContent = "A file is still on its way. Wait until it is added, or remove it.";
  }, true);
}

const root = document.querySelector("[data-adding]");
if (root) startAdding(root);
