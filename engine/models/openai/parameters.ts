import type { ModelParameters, Question, ResponseFormat, Tool } from '../model.ts';

/** Both, where a value that is set in `own` wins over the same in `defaults`. */
export function mergeParameters(defaults: ModelParameters, own: ModelParameters): ModelParameters {
  const set = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(set) as ModelParameters) };
}

interface Suffix {
  readonly tools: readonly Tool[] | undefined;
  readonly format: ResponseFormat | undefined;
  readonly text: string;
}

/**
 * The part of a request body that does not change from row to row, as JSON text that begins with a comma and ends the body. It is
 * written once for each set of parameters, tools and format. `fieldsOf` gets the merged parameters and returns at least one field.
 */
export function createSuffixWriter(
  defaults: ModelParameters,
  fieldsOf: (parameters: ModelParameters, question: Question) => Readonly<Record<string, unknown>>,
): (question: Question) => string {
  const plain = new WeakMap<ModelParameters, Suffix>();
  const streamed = new WeakMap<ModelParameters, Suffix>();
  return question => {
    const { parameters, stream, tools, responseFormat } = question;
    const known = stream ? streamed : plain;
    const found = known.get(parameters);
    if (found !== undefined && found.tools === tools && found.format === responseFormat) return found.text;
    const fields = fieldsOf(mergeParameters(defaults, parameters), question);
    const text = `,${JSON.stringify(fields).slice(1)}`;
    known.set(parameters, { tools, format: responseFormat, text });
    return text;
  };
}

/** Stop sequences where there are any: an empty list is refused by some endpoints. */
export function writeStop({ stop }: ModelParameters): readonly string[] | undefined {
  return stop && stop.length > 0 ? stop : undefined;
}
