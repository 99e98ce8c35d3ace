/* The kernel behind a widget: whether it is still there. Front ends tell that in three ways, and no
   front end in all of them:

   statusChanged                 JupyterLab, Voilà: the kernel was shut down, has died, begins anew
   jupyter-widgets-disconnected  JupyterLab marks the views that a new kernel does not know
   comm_live_update              the widget's own line to the kernel was closed */

const GONE = ["dead", "terminating", "restarting", "autorestarting"];

/* Calls `gone` when there is none any more, once or more often; returns how to stop. */
export function watchKernel(root, model, gone) {
  model.on("comm_live_update", gone);
  const stops = [watchStatus(model, gone), watchViews(root, gone)];
  return () => { model.off("comm_live_update", gone); for (const stop of stops) stop(); };
}

function watchStatus(model, gone) {
  const kernel = model.widget_manager?.kernel;
  if (!kernel?.statusChanged?.connect) return () => {};
  const status = (_, word) => { if (GONE.includes(word)) gone(); };
  const ended = () => gone();
  kernel.statusChanged.connect(status);
  kernel.disposed?.connect(ended);
  return () => { kernel.statusChanged.disconnect(status); kernel.disposed?.disconnect(ended); };
}

function watchViews(root, gone) {
  const look = () => { if (root.closest(".jupyter-widgets-disconnected")) gone(); };
  const watcher = new MutationObserver(look);
  for (const node of [root.parentElement, root.parentElement?.parentElement]) {
    if (node) watcher.observe(node, { attributes: true, attributeFilter: ["class"] });
  }
  return () => watcher.disconnect();
}
