import { stringify } from 'yaml';
import type { Connection } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { parseDocument } from '../../documents/parse.ts';

/** A connection's name while it has none in workbench.yaml. */
const draftName = 'draft';

/** A connection that is no file's yet, checked as workbench.yaml is. Throws `file-invalid` with the first fault. */
export function readDraft(value: object): Connection {
  const { value: workbench, diagnostics } = parseDocument(
    'workbench',
    stringify({ connections: { [draftName]: value } }),
  );
  const connection = workbench?.connections?.[draftName];
  if (connection !== undefined) return connection;
  const fault = diagnostics.find(({ severity }) => severity === 'error');
  throw new WorkbenchError('file-invalid', `The connection cannot be used: ${fault?.message ?? 'it is not valid'}`, {
    remedy: 'Correct it, or choose another provider.',
  });
}

/** The same for one whose model is not chosen yet. */
export function readDraftWithoutModel(value: object): Connection {
  return readDraft('model' in value ? value : { ...value, model: 'not-chosen' });
}
