// A classic script, first in the body: tells the style sheet that modules will run.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("nhsuk-frontend-supported");
// Somebody is leaving (see leave.js): nothing of this page may be seen on the way.
if (window.name === "leaving") document.documentElement.hidden = true;
