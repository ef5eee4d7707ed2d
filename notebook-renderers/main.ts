import type { ActivationFunction } from 'vscode-notebook-renderer';
import { defineElement } from '../webviews/shared/define.ts';
import { createRunWire } from './run-wire.ts';
import { RunOutputView, viewName } from './run-output.ts';

/** Draws runs in notebook cells. One renderer serves every output of the notebook. */
export const activate: ActivationFunction = context => {
  defineElement(viewName, RunOutputView);
  const wire = createRunWire(context);
  const views = new Map<string, HTMLElement>();
  return {
    renderOutputItem(item, element) {
      views.get(item.id)?.remove();
      const view = document.createElement(viewName) as RunOutputView;
      view.wire = wire;
      view.input = readJson(() => item.json() as unknown);
      element.replaceChildren(view);
      views.set(item.id, view);
    },
    disposeOutputItem(id) {
      if (id === undefined) {
        for (const view of views.values()) view.remove();
        views.clear();
        return;
      }
      views.get(id)?.remove();
      views.delete(id);
    },
  };
};

/** What is not JSON at all is shown like any other output that cannot be read. */
function readJson(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
