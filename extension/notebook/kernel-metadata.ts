/** The kernel's name in a notebook's `kernelspec`, and the id of our notebook controller. */
export const kernelName = 'ai-workbench';

type Metadata = Readonly<Record<string, unknown>> | undefined;

/** Whether an `.ipynb` names our kernel. VS Code holds the file's metadata under `metadata`. */
export function isOurNotebook(metadata: Metadata): boolean {
  const kernelspec = field(field(metadata, 'metadata'), 'kernelspec');
  return field(kernelspec, 'name') === kernelName;
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
