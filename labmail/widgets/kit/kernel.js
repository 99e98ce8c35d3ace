/* The kernel behind a widget: whether it is still there.

   JupyterLab marks the views of a widget whose kernel has gone; a kernel that was started anew does
   not know the widget any more. `gone` is called once, or more often. */

export function watchKernel(root, model, gone) {
  const look = () => { if (root.closest(".jupyter-widgets-disconnected")) gone(); };
  const watcher = new MutationObserver(look);
  for (const node of [root.parentElement, root.parentElement?.parentElement]) {
    if (node) watcher.observe(node, { attributes: true, attributeFilter: ["class"] });
  }
  model.on("comm_live_update", gone);
  return () => { watcher.disconnect(); model.off("comm_live_update", gone); };
}
