/* Live: news of a letter that is still under way, and what to say when the kernel is gone. */

import { places } from "./slots.js";

/* Follows the model; returns how to stop. */
export function follow(app) {
  const { model } = app;
  const news = message => { if (message?.news) take(app, message.news); };
  const pairs = () => {
    const fresh = model.get("pairs");
    if (app.other && fresh?.slots) { app.pairs = fresh; app.change({}); }
  };
  const dead = () => gone(app);
  model.on("msg:custom", news);
  model.on("change:pairs", pairs);
  model.on("comm_live_update", dead);
  const stops = [watchViews(app), watchKernel(app)];
  if (!model.still) model.send({ have: app.data.edition ?? 0 });
  return () => {
    model.off("msg:custom", news);
    model.off("change:pairs", pairs);
    model.off("comm_live_update", dead);
    for (const stop of stops) stop();
  };
}

/* News are a difference to the edition before; if one was missed, ask for all. */
function take(app, news) {
  const { keep, steps, ...rest } = news;
  if (keep > 0 && news.edition !== (app.data.edition ?? 0) + 1) {
    app.model.send({ have: -1 });
    return;
  }
  const atEnd = app.view.step >= places(app) - 1;
  app.data = { ...app.data, ...rest, steps: [...app.data.steps.slice(0, keep), ...steps] };
  const last = places(app) - 1;
  app.change({ step: atEnd && !app.view.predict && app.timer === null ? last : Math.min(app.view.step, last) });
}

/* A kernel that is shut down: where the front end has one to ask, it tells. */
function watchKernel(app) {
  const kernel = app.model.widget_manager?.kernel;
  if (!kernel?.statusChanged?.connect) return () => {};
  const status = (_, word) => { if (GONE.includes(word)) gone(app); };
  const end = () => gone(app);
  kernel.statusChanged.connect(status);
  kernel.disposed?.connect(end);
  return () => { kernel.statusChanged.disconnect(status); kernel.disposed?.disconnect(end); };
}

const GONE = ["dead", "terminating", "restarting", "autorestarting"];

/* A kernel that is started anew: JupyterLab marks the views of the widgets that it no longer knows. */
function watchViews(app) {
  const look = () => { if (app.root.closest(".jupyter-widgets-disconnected")) gone(app); };
  const watcher = new MutationObserver(look);
  const host = app.root.parentElement;
  if (host) watcher.observe(host, { attributes: true, attributeFilter: ["class"] });
  if (host?.parentElement) watcher.observe(host.parentElement, { attributes: true, attributeFilter: ["class"] });
  return () => watcher.disconnect();
}

function gone(app) {
  app.gone = true;
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = "The kernel is gone. This is the journey as it was; run the cell again to follow it on.";
}
