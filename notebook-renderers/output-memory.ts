import type { RendererContext } from 'vscode-notebook-renderer';
import { readReportChoices, type ReportChoices } from '../webviews/components/report-choices.ts';

/** What a reader opened and chose in an output. */
export interface OutputChoices extends ReportChoices {
  /** Id of the part that is open. */
  readonly open?: string;
}

/** Choices by output, kept while the notebook is closed and when an output is written anew. */
export interface OutputMemory {
  read(key: string): OutputChoices;
  keep(key: string, choices: OutputChoices): void;
}

/** Those touched last. */
const mostKept = 100;

export function createOutputMemory(context: Pick<RendererContext<unknown>, 'getState' | 'setState'>): OutputMemory {
  const kept = new Map<string, unknown>(readEntries(context.getState()));
  return {
    read(key) {
      const choices = kept.get(key);
      const open = typeof choices === 'object' && choices !== null && 'open' in choices ? choices.open : undefined;
      return { ...readReportChoices(choices), ...(typeof open === 'string' ? { open } : {}) };
    },
    keep(key, choices) {
      kept.delete(key);
      kept.set(key, choices);
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      context.setState({ outputs: [...kept] });
    },
  };
}

/** What comes back may be from any version, or from anybody. */
function readEntries(state: unknown): readonly (readonly [string, unknown])[] {
  const outputs = typeof state === 'object' && state !== null && 'outputs' in state ? state.outputs : undefined;
  if (!Array.isArray(outputs)) return [];
  return outputs.filter(
    (entry): entry is [string, unknown] => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string',
  );
}
