/** The kernel's name in a notebook's `kernelspec`, and the id of our notebook controller. */
export const kernelName = 'ai-workbench';

type Metadata = Readonly<Record<string, unknown>> | undefined;

/** Whether an `.ipynb` names our kernel. VS Code holds the file's metadata under `metadata`. */
export function isOurNotebook(metadata: Metadata): boolean {
  const kernelspec = field(field(metadata, 'metadata'), 'kernelspec');
  return field(kernelspec, 'name') === kernelName;
}

/** Whether a cell is in a language of ours, or has an output of ours, as notebooks of other kernels may. */
export function isOurCell({ document, outputs }: CellLooks): boolean {
  return (
    document.languageId.startsWith('aiwb-') ||
    outputs.some(({ items }) => items.some(({ mime }) => mime.startsWith('application/vnd.aiwb.')))
  );
}

interface CellLooks {
  readonly document: { readonly languageId: string };
  readonly outputs: readonly { readonly items: readonly { readonly mime: string }[] }[];
}

/** Whether a cell is tagged as one that may fail, so that the cells after it run all the same; as in Jupyter. */
export function raisesException(metadata: Metadata): boolean {
  const tags = field(field(metadata, 'metadata'), 'tags');
  return Array.isArray(tags) && tags.includes('raises-exception');
}

/** A cell's id as the file holds it; absent in files older than nbformat 4.5. */
export function cellId(metadata: Metadata): string | undefined {
  const id = field(metadata, 'id');
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The metadata that makes a new notebook one of ours. */
export function kernelMetadata(): Record<string, unknown> {
  return {
    metadata: {
      kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: kernelName },
      language_info: { name: 'yaml' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
