import type { ActivationFunction } from 'vscode-notebook-renderer';
import { defineElement } from '../webviews/shared/define.ts';
import { AssessmentOutputView, assessmentViewName } from './assessment-output.ts';
import { ComparisonOutputView, comparisonViewName } from './comparison-output.ts';
import { createOutputMemory, type OutputMemory } from './output-memory.ts';
import { createOutputWire, type OutputWire } from './output-wire.ts';
import { RunOutputView, runViewName } from './run-output.ts';

interface OutputView extends HTMLElement {
  /** The output as the notebook has it; anything. */
  input: unknown;
  wire: OutputWire | undefined;
  memory: OutputMemory | undefined;
}

/** The element that draws each of our MIME types. They are small: what is not is loaded when a reader opens it. */
const views: Readonly<Record<string, { readonly name: string; readonly element: new () => OutputView }>> = {
  'application/vnd.aiwb.run+json': { name: runViewName, element: RunOutputView },
  'application/vnd.aiwb.comparison+json': { name: comparisonViewName, element: ComparisonOutputView },
  'application/vnd.aiwb.assessment+json': { name: assessmentViewName, element: AssessmentOutputView },
};

/** Draws our outputs in notebook cells. One renderer serves every output of the notebook. */
export const activate: ActivationFunction = context => {
  for (const { name, element } of Object.values(views)) defineElement(name, element);
  const wire = createOutputWire(context);
  const memory = createOutputMemory(context);
  const drawn = new Map<string, HTMLElement>();
  return {
    renderOutputItem(item, element) {
      const known = Object.hasOwn(views, item.mime) ? views[item.mime] : undefined;
      drawn.get(item.id)?.remove();
      const view = document.createElement(known?.name ?? runViewName) as OutputView;
      view.wire = wire;
      view.memory = memory;
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
