/* Live: news of a letter that is still under way, and what to say when the kernel is gone. */

import { watchKernel } from "../../kit/kernel.js";
import { places } from "./slots.js";

/* Follows the model; returns how to stop. */
export function follow(app) {
  const { model } = app;
  const news = message => { if (message?.news) take(app, message.news); };
  const pairs = () => {
    const fresh = model.get("pairs");
    if (app.other && fresh?.slots) { app.pairs = fresh; app.change({}); }
  };
  model.on("msg:custom", news);
  model.on("change:pairs", pairs);
  const leave = watchKernel(app.root, model, () => gone(app));
  if (!model.still) model.send({ have: app.data.edition ?? 0 });
  return () => {
    model.off("msg:custom", news);
    model.off("change:pairs", pairs);
    leave();
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

function gone(app) {
  app.gone = true;
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = "The kernel is gone. This is the journey as it was; run the cell again to follow it on.";
}
