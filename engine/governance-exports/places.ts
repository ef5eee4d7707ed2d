import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';
import { placeKey, type ControlPlace } from './source.ts';

/**
 * Where the controls of a record stand in the policy files of the workspace folder. A policy that has moved, that lies outside of the
 * folder or that cannot be read has no places: its controls are then told without a line.
 */
export async function locateControls(
  { policies, controls }: AssessmentRecord,
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ControlPlace>> {
  const places = new Map<string, ControlPlace>();
  for (const { id: policy, path } of policies) {
    const wanted = new Set(controls.filter(control => control.policy === policy).map(({ id }) => id));
    if (path === undefined || wanted.size === 0) continue;
    const text = await readPolicy(path, folder, files, signal);
    if (text === undefined) continue;
    const parsed = parseDocument('policy', text);
    if (parsed.value?.id !== policy) continue;
    for (const [index, { id }] of (parsed.value.controls ?? []).entries()) {
      const key = placeKey({ policy, id });
      if (!wanted.has(id) || places.has(key)) continue;
      const { line, character } = parsed.locate(['controls', index, 'id'], 'value').start;
      places.set(key, { line: line + 1, column: character + 1 });
    }
  }
  return places;
}

/** Records come from anywhere: what they name outside of the folder is not looked at. */
async function readPolicy(
  path: string,
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<string | undefined> {
  const target = files.resolve(folder, path);
  if (/^(\.\.(\/|$)|\/|[A-Za-z]:)/.test(files.relative(folder, target))) return undefined;
  try {
    return await files.readText(target, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkbenchError) return undefined;
    throw error;
  }
}
