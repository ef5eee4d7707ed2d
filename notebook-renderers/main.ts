import type { ActivationFunction } from 'vscode-notebook-renderer';
import { defineElement } from '../webviews/shared/define.ts';
import { createOutputMemory, type OutputMemory } from './output-memory.ts';
import { createOutputWire, type OutputWire } from './output-wire.ts';

interface OutputView extends HTMLElement {
  /** The output as the notebook has it; anything. */
  input: unknown;
  wire: OutputWire | undefined;
  memory: OutputMemory | undefined;
}

interface ViewKind {
  readonly name: string;
  readonly element: new () => OutputView;
}

/** What draws each of our MIME types; loaded with the first output of its kind. */
const views: Readonly<Record<string, () => Promise<ViewKind>>> = {
  async 'application/vnd.aiwb.run+json'() {
    const { RunOutputView, runViewName } = await import('./run-output.ts');
    return { name: runViewName, element: RunOutputView };
  },
  async 'application/vnd.aiwb.comparison+json'() {
    const { ComparisonOutputView, comparisonViewName } = await import('./comparison-output.ts');
    return { name: comparisonViewName, element: ComparisonOutputView };
  },
  async 'application/vnd.aiwb.assessment+json'() {
    const { AssessmentOutputView, assessmentViewName } = await import('./assessment-output.ts');
    return { name: assessmentViewName, element: AssessmentOutputView };
  },
};

/** Draws our outputs in notebook cells. One renderer serves every output of the notebook. */
export const activate: ActivationFunction = context => {
  const wire = createOutputWire(context);
  const memory = createOutputMemory(context);
  const drawn = new Map<string, HTMLElement>();
  return {
    async renderOutputItem(item, element, signal) {
      const loaded = Object.hasOwn(views, item.mime) ? await views[item.mime]?.() : undefined;
      if (loaded === undefined || signal.aborted) return;
      defineElement(loaded.name, loaded.element);
      drawn.get(item.id)?.remove();
      const view = document.createElement(loaded.name) as OutputView;
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
