import type { ActivationFunction } from 'vscode-notebook-renderer';
import { defineElement } from '../webviews/shared/define.ts';
import { AssessmentOutputView, assessmentViewName } from './assessment-output.ts';
import { createRunWire, type RunWire } from './run-wire.ts';
import { RunOutputView, viewName } from './run-output.ts';

interface OutputView extends HTMLElement {
  /** The output as the notebook has it; anything. */
  input: unknown;
  wire: RunWire | undefined;
}

/** The element that draws each of our MIME types. */
const views: Readonly<Record<string, { readonly name: string; readonly element: new () => OutputView }>> = {
  'application/vnd.aiwb.run+json': { name: viewName, element: RunOutputView },
  'application/vnd.aiwb.assessment+json': { name: assessmentViewName, element: AssessmentOutputView },
};

/** Draws our outputs in notebook cells. One renderer serves every output of the notebook. */
export const activate: ActivationFunction = context => {
  for (const { name, element } of Object.values(views)) defineElement(name, element);
  const wire = createRunWire(context);
  const drawn = new Map<string, HTMLElement>();
  return {
    renderOutputItem(item, element) {
      drawn.get(item.id)?.remove();
      const known = Object.hasOwn(views, item.mime) ? views[item.mime] : undefined;
      const view = document.createElement(known?.name ?? viewName) as OutputView;
      view.wire = wire;
      view.input = readJson(() => item.json() as unknown);
      element.replaceChildren(view);
      drawn.set(item.id, view);
    },
    disposeOutputItem(id) {
      if (id === undefined) {
        for (const view of drawn.values()) view.remove();
        drawn.clear();
        return;
      }
      drawn.get(id)?.remove();
      drawn.delete(id);
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
