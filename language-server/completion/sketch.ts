/**
 * A piece of YAML to be written, with the places where the cursor stops on the way. A text is written as it is.
 * The same sketch is written as a block or in flow style, as a snippet or, for editors that know none, with its defaults.
 */
export type Sketch = string | Stop | Fields | Items | Lines;

export interface Stop {
  readonly kind: 'stop';
  /** What stands there until something else is typed. */
  readonly text: string;
  /** What it may be; empty where anything may. */
  readonly choices: readonly string[];
}

export interface Fields {
  readonly kind: 'fields';
  /** A key that is a stop is a name the person chooses. */
  readonly fields: readonly (readonly [string | Stop, Sketch])[];
  readonly flow: boolean;
}

export interface Items {
  readonly kind: 'items';
  readonly items: readonly Sketch[];
  readonly flow: boolean;
}

/** A text of several lines. */
interface Lines {
  readonly kind: 'lines';
  readonly lines: readonly (string | Stop)[];
}

/** Fields that are usually written together. Its defaults are valid by themselves. */
export interface Snippet {
  /** The mapping they go into, as `matchesPath` reads it; the file itself when empty. */
  readonly at: string;
  readonly label: string;
  readonly detail: string;
  /** A file's whole content, for an empty one. */
  readonly whole?: boolean;
  /** Goes with other fields only, not into a mapping without any. */
  readonly beside?: boolean;
  /** They are the fields of a new entry whose name the person chooses, such as this. */
  readonly named?: string;
  readonly sketch: Fields;
}

/** Where and for whom a sketch is written. */
export interface SketchForm {
  readonly snippets: boolean;
  /** Inside brackets: on one line. */
  readonly flow: boolean;
  /** Columns from the start of the line's own text to the sketch; clients repeat the white space before that themselves. */
  readonly indent: number;
}

export function stop(text = '', ...choices: readonly string[]): Stop {
  return { kind: 'stop', text: text === '' ? (choices[0] ?? '') : text, choices };
}

/** One of several values, the first until another is chosen. */
export function choice(...choices: readonly string[]): Stop {
  return stop('', ...choices);
}

export function fields(of: Readonly<Record<string, Sketch>>): Fields {
  return { kind: 'fields', fields: Object.entries(of), flow: false };
}

/** An entry under a name that the person chooses. */
export function named(name: string, sketch: Sketch): Fields {
  return { kind: 'fields', fields: [[stop(name), sketch]], flow: false };
}

export function items(...of: readonly Sketch[]): Items {
  return { kind: 'items', items: of, flow: false };
}

export function lines(...of: readonly (string | Stop)[]): Lines {
  return { kind: 'lines', lines: of };
}

/** The same on one line. */
export function flow<S extends Fields | Items>(sketch: S): S {
  return { ...sketch, flow: true };
}

/** The fields of a mapping that is there already: lines one under the other, or with commas between in flow style. */
export function writeFields(sketch: Fields, form: SketchForm): string {
  return writePairs(sketch, form.flow, form.indent, createStops(form.snippets));
}

/** A new item of a list with its dash; on one line it needs none. */
export function writeItem(sketch: Sketch, form: SketchForm): string {
  const stops = createStops(form.snippets);
  return form.flow ? writeFlow(sketch, stops) : `- ${writeAfterDash(sketch, form.indent, stops)}`;
}

/** A value behind its key's colon; starts with the space or line break in between. */
export function writeValueOf(sketch: Sketch, form: SketchForm): string {
  return writeAfterColon(sketch, form.flow, form.indent, createStops(form.snippets));
}

/** Whether there is anything to be filled in. */
export function hasStops(sketch: Sketch): boolean {
  if (typeof sketch === 'string') return false;
  if (sketch.kind === 'stop') return true;
  if (sketch.kind === 'lines') return sketch.lines.some(hasStops);
  return sketch.kind === 'fields'
    ? sketch.fields.some(([key, value]) => hasStops(key) || hasStops(value))
    : sketch.items.some(hasStops);
}

interface Stops {
  /** A text that is no stop. */
  text(text: string): string;
  stop(stop: Stop): string;
}

function createStops(snippets: boolean): Stops {
  if (!snippets) return { text: text => text, stop: ({ text }) => text };
  let count = 0;
  return {
    text: text => text.replaceAll(/[\\$]/g, '\\$&'),
    stop({ text, choices }) {
      count += 1;
      if (choices.length > 1) return `\${${count}|${orderChoices(text, choices).map(escapeChoice).join(',')}|}`;
      return text === '' ? `$${count}` : `\${${count}:${escapeText(text)}}`;
    },
  };
}

/** Editors take the first choice as the default. */
function orderChoices(text: string, choices: readonly string[]): readonly string[] {
  return text === '' ? choices : [text, ...choices.filter(other => other !== text)];
}

/** A text inside a stop, where `}` ends it. */
function escapeText(text: string): string {
  return text.replaceAll(/[\\$}]/g, '\\$&');
}

function escapeChoice(text: string): string {
  return text.replaceAll(/[\\,|$}]/g, '\\$&');
}

function writePairs(sketch: Fields, isFlow: boolean, indent: number, stops: Stops): string {
  if (sketch.fields.length === 0) return stops.stop(stop());
  const pairs = sketch.fields.map(
    ([key, value]) => `${writeFlow(key, stops)}:${writeAfterColon(value, isFlow, indent + 2, stops)}`,
  );
  return pairs.join(isFlow ? ', ' : `\n${' '.repeat(indent)}`);
}

function writeAfterColon(sketch: Sketch, isFlow: boolean, indent: number, stops: Stops): string {
  if (typeof sketch === 'string' || sketch.kind === 'stop' || isFlow) return ` ${writeFlow(sketch, stops)}`;
  const start = `\n${' '.repeat(indent)}`;
  if (sketch.kind === 'lines') return ` |${sketch.lines.map(line => start + writeFlow(line, stops)).join('')}`;
  if (sketch.flow) return ` ${writeFlow(sketch, stops)}`;
  if (sketch.kind === 'fields') return start + writePairs(sketch, false, indent, stops);
  return start + sketch.items.map(item => `- ${writeAfterDash(item, indent, stops)}`).join(start);
}

function writeAfterDash(sketch: Sketch, indent: number, stops: Stops): string {
  return typeof sketch !== 'string' && sketch.kind === 'fields' && !sketch.flow
    ? writePairs(sketch, false, indent + 2, stops)
    : writeFlow(sketch, stops);
}

function writeFlow(sketch: Sketch, stops: Stops): string {
  if (typeof sketch === 'string') return stops.text(sketch);
  if (sketch.kind === 'stop') return stops.stop(sketch);
  if (sketch.kind === 'lines') return `"${sketch.lines.map(line => writeFlow(line, stops)).join(' ')}"`;
  if (sketch.kind === 'fields') return `{${writePairs(sketch, true, 0, stops)}}`;
  return `[${sketch.items.map(item => writeFlow(item, stops)).join(', ')}]`;
}
