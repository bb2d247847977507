// What every page does: each part looks for its own elements and does nothing where there are none.
import { startAgain } from "./again.js";
import { startCharacterCounts } from "./character_count.js";
import { focusErrorSummary } from "./error_summary.js";
import { reloadKeptPages } from "./fresh.js";
import { startLeaving } from "./leave.js";
import { startMenu } from "./menu.js";
import { preventSecondPress } from "./once.js";
import { startPasswordToggles } from "./password.js";

startLeaving(document, window);
startAgain(document, window);
reloadKeptPages(window);
startMenu(document);
focusErrorSummary(document);
startCharacterCounts(document);
startPasswordToggles(document);
preventSecondPress(document);
