import { WorkbenchError } from '../../base/errors.ts';
import { parseRegex, type RegexPlace } from './regex-parser.ts';
import { compileRegex, type Step } from './regex-program.ts';
import { isSameLetter, isWordSymbol } from './regex-symbols.ts';

/** Steps one search through one text may take: about a second. */
const maxSteps = 20_000_000;
/** Open choices at once. */
const maxOpen = 4_000_000;

/** Where a match and its groups start and end, two numbers each, −1 for a group that took no part. */
export type RegexMatch = readonly number[];

/** A pattern in Python's notation, matched as Python's `re` does, but within a bound: no pattern and no text can make it hang. */
export interface Regex {
  readonly groups: number;
  /**
   * All matches from left to right, none overlapping; as in Python an empty one may follow another.
   * @throws WorkbenchError `metric-unsuitable` where that would take too many steps.
   */
  findAll(text: string): RegexMatch[];
}

/** @throws WorkbenchError `file-invalid` for a pattern that cannot be read. */
export function createRegex(pattern: string): Regex {
  const { root, groups } = parseRegex(pattern);
  const program = compileRegex(root, groups);
  return {
    groups,
    findAll(text) {
      const state: State = { text, registers: new Array<number>(program.registers).fill(-1), left: maxSteps, pattern };
      const matches: RegexMatch[] = [];
      let start = 0;
      // After an empty match only a longer one may start at the same place.
      let leastEnd = 0;
      while (start <= text.length) {
        state.registers.fill(-1);
        const end = run(program.steps, start, leastEnd, state);
        if (end < 0) {
          start = findNextStart(text, start, program.startsOpen);
          leastEnd = start;
          continue;
        }
        matches.push([start, end, ...state.registers.slice(2, 2 * groups + 2)]);
        leastEnd = end === start ? end + 1 : end;
        start = end;
      }
      return matches;
    },
  };
}

function findNextStart(text: string, start: number, open: 'line' | 'text' | undefined): number {
  if (open === 'text') return text.length + 1;
  if (open === 'line') {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length + 1 : end + 1;
  }
  return start + (start < text.length && text.codePointAt(start)! > 0xffff ? 2 : 1);
}

interface State {
  readonly text: string;
  readonly registers: number[];
  /** Steps left. */
  left: number;
  readonly pattern: string;
}

/** Where a match that starts at `start` ends, or −1. Registers keep the match's groups; after a failure they are as before. */
function run(steps: readonly Step[], start: number, leastEnd: number, state: State): number {
  const { text, registers } = state;
  // Pairs: a step and the place to try it at, or −1 − a register and what it was.
  const open: number[] = [];
  let index = 0;
  let at = start;
  while (true) {
    if (--state.left < 0 || open.length > 2 * maxOpen) throw refuse(state.pattern);
    const step = steps[index]!;
    let fits = true;
    index++;
    switch (step.op) {
      case 'symbol': {
        const point = text.codePointAt(at);
        fits = point !== undefined && step.test(point);
        at += point !== undefined && point > 0xffff ? 2 : 1;
        break;
      }
      case 'save':
        open.push(-1 - step.register, registers[step.register]!);
        registers[step.register] = at;
        break;
      case 'split':
        open.push(step.second, at);
        index = step.first;
        break;
      case 'jump':
        index = step.target;
        break;
      case 'leave-idle':
        if (registers[step.register] === at) index = step.target;
        break;
      case 'place':
        fits = isAt(step.place, text, at);
        break;
      case 'reference': {
        const length = matchReference(step, at, state);
        fits = length >= 0;
        at += length;
        break;
      }
      case 'look':
        fits = look(step, at, state, open);
        break;
      case 'match':
        if (at >= leastEnd) return at;
        fits = false;
    }
    if (fits) continue;
    while (true) {
      const place = open.pop();
      const next = open.pop();
      if (place === undefined || next === undefined) return -1;
      if (next >= 0) {
        index = next;
        at = place;
        break;
      }
      registers[-1 - next] = place;
    }
  }
}

function isAt(place: RegexPlace, text: string, at: number): boolean {
  switch (place) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'last-line-end':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
    case 'line-start':
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 'line-end':
      return at === text.length || text.charCodeAt(at) === 10;
    case 'boundary':
      return hasWordBefore(text, at) !== hasWordAfter(text, at);
    case 'no-boundary':
      return hasWordBefore(text, at) === hasWordAfter(text, at);
  }
}

function hasWordAfter(text: string, at: number): boolean {
  return at < text.length && isWordSymbol(text.codePointAt(at)!);
}

function hasWordBefore(text: string, at: number): boolean {
  return at > 0 && isWordSymbol(text.codePointAt(stepBack(text, at))!);
}

function stepBack(text: string, at: number): number {
  return at > 1 && text.codePointAt(at - 2)! > 0xffff ? at - 2 : at - 1;
}

/** The length of what the group matched, if the text goes on with it, else −1. */
function matchReference(step: Step & { op: 'reference' }, at: number, { text, registers }: State): number {
  const start = registers[2 * step.index]!;
  const end = registers[2 * step.index + 1]!;
  if (start < 0 || end < start || at + end - start > text.length) return -1;
  for (let offset = 0; offset < end - start; offset++) {
    const wanted = text.charCodeAt(start + offset);
    const unit = text.charCodeAt(at + offset);
    if (unit !== wanted && !(step.ignoreCase && isSameLetter(unit, wanted))) return -1;
  }
  return end - start;
}

function look(step: Step & { op: 'look' }, at: number, state: State, open: number[]): boolean {
  let start = at;
  for (let back = 0; back < step.back; back++) {
    if (start === 0) return step.negated;
    start = stepBack(state.text, start);
  }
  const before = state.registers.slice();
  const found = run(step.steps, start, start, state) >= 0;
  before.forEach((value, register) => {
    if (state.registers[register] === value) return;
    if (step.negated) state.registers[register] = value;
    else open.push(-1 - register, value);
  });
  return found !== step.negated;
}

function refuse(pattern: string): WorkbenchError {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
  return new WorkbenchError(
    'metric-unsuitable',
    `The regular expression "${shown}" takes too long on one of the answers.`,
    {
      remedy: 'Make it less ambiguous: no repeat of a group that is itself repeated, no several ".*" in a row.',
    },
  );
}
