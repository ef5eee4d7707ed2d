import { WorkbenchError } from '../../base/errors.ts';

/** One step of a path: a name, a position (from the end when negative), or every item. */
type Step = string | number | typeof everyItem;

const everyItem = Symbol('every item');

/** Where something lies in a JSON reply. */
export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  /** The value at the path; undefined where there is none. After `[*]` it is the list of what the rest finds in each item. */
  read(value: unknown): unknown;
}

/** Steps a path may have. */
const mostSteps = 32;

/** Names and positions, each as it stands at one place of the text. */
const stepAt = /(\.?)([A-Za-z_$][\w$-]*)|\[(-?\d{1,9}|\*)\]|\[("(?:[^"\\]|\\.){0,200}")\]/y;

/**
 * Compiles a path such as `choices[0].text`, `result["a b"]`, `scores[-1]` or `labels[*].name`; an empty one is the whole value.
 * Throws `file-invalid`, naming `place`, for any other text.
 */
export function compileJsonPath(text: string, place: string): JsonPath {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    stepAt.lastIndex = at;
    const found = stepAt.exec(text);
    const step = found === null ? undefined : readStep(found);
    // A name follows a point, except where the path begins with it.
    const isJoined = found?.[2] === undefined || (found[1] === '.') === at > 0;
    if (step === undefined || !isJoined || steps.length === mostSteps) throw invalidPath(text, at, place);
    steps.push(step);
    at = stepAt.lastIndex;
  }
  return { text, read: value => follow(value, steps, 0) };
}

function readStep([, , name, position, quoted]: RegExpExecArray): Step | undefined {
  if (name !== undefined) return name;
  if (position !== undefined) return position === '*' ? everyItem : Number(position);
  try {
    return JSON.parse(quoted ?? '') as string;
  } catch {
    return undefined; // An escape that JSON does not have.
  }
}

function follow(value: unknown, steps: readonly Step[], from: number): unknown {
  let found = value;
  for (let at = from; at < steps.length; at += 1) {
    const step = steps[at];
    if (step === everyItem) {
      if (!Array.isArray(found)) return undefined;
      return found.map((item: unknown) => follow(item, steps, at + 1));
    }
    if (typeof step === 'number') found = Array.isArray(found) ? (found.at(step) as unknown) : undefined;
    else found = isObject(found) && Object.hasOwn(found, step ?? '') ? found[step ?? ''] : undefined;
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalidPath(text: string, at: number, place: string): WorkbenchError {
  return new WorkbenchError(
    'file-invalid',
    `${place}: the path \`${text}\` cannot be read from character ${String(at + 1)}.`,
    { remedy: 'Write it like `label`, `result.text`, `choices[0].text` or `labels[*].name`.' },
  );
}
