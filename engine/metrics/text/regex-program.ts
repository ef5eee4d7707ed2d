import { WorkbenchError } from '../../base/errors.ts';
import type { RegexNode, RegexPlace } from './regex-parser.ts';
import { anyInLine, anySymbol, type SymbolTest } from './regex-symbols.ts';

/** One step of a matcher that goes back to the last open choice when a step fails. Targets are indexes of steps. */
export type Step =
  | { readonly op: 'symbol'; readonly test: SymbolTest }
  | { readonly op: 'save'; readonly register: number }
  /** Goes on at `first`; at `second` if that fails. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; target: number }
  /** Leaves a loop whose body has matched nothing since `register` was saved. */
  | { readonly op: 'leave-idle'; readonly register: number; target: number }
  | { readonly op: 'place'; readonly place: RegexPlace }
  | { readonly op: 'reference'; readonly index: number; readonly ignoreCase: boolean }
  /** `back` is how many characters before here the inner pattern starts. */
  | { readonly op: 'look'; readonly steps: readonly Step[]; readonly back: number; readonly negated: boolean }
  | { readonly op: 'match' };

export interface Program {
  readonly steps: readonly Step[];
  /** Two for each group and the whole, then one for each loop that could match nothing. */
  readonly registers: number;
  /** The pattern starts with `.*` or `.+`: where it fails, it fails at every later start within that line, or that text. */
  readonly startsOpen: 'line' | 'text' | undefined;
}

const maxSteps = 20_000;

/** @throws WorkbenchError `file-invalid` where the pattern grows too large or looks behind over a length that varies. */
export function compileRegex(root: RegexNode, groups: number): Program {
  let registers = 2 * groups + 2;
  let size = 0;
  const referred = new Set<number>();

  function compile(node: RegexNode): Step[] {
    const steps: Step[] = [];
    const add = <S extends Step>(step: S): S => {
      if (++size > maxSteps) throw refuse('its repeats multiply to too many steps');
      steps.push(step);
      return step;
    };

    function emit(part: RegexNode): void {
      switch (part.kind) {
        case 'symbol':
          add({ op: 'symbol', test: part.test });
          break;
        case 'sequence':
          part.nodes.forEach(emit);
          break;
        case 'choice':
          emitChoice(part.nodes);
          break;
        case 'group':
          add({ op: 'save', register: 2 * part.index });
          emit(part.node);
          add({ op: 'save', register: 2 * part.index + 1 });
          break;
        case 'repeat':
          emitRepeat(part);
          break;
        case 'look': {
          const back = part.behind ? measureWidth(part.node) : 0;
          if (back === undefined) throw refuse('what it looks behind for varies in length');
          add({ op: 'look', steps: compile(part.node), back, negated: part.negated });
          break;
        }
        case 'reference':
          referred.add(part.index);
          add({ op: 'reference', index: part.index, ignoreCase: part.ignoreCase });
          break;
        case 'place':
          add({ op: 'place', place: part.place });
      }
    }

    function emitChoice(nodes: readonly RegexNode[]): void {
      const ends: { target: number }[] = [];
      nodes.forEach((node, index) => {
        if (index === nodes.length - 1) {
          emit(node);
          return;
        }
        const split = add({ op: 'split', first: steps.length + 1, second: 0 });
        emit(node);
        ends.push(add({ op: 'jump', target: 0 }));
        split.second = steps.length;
      });
      for (const end of ends) end.target = steps.length;
    }

    function emitRepeat({ node, min, max, lazy }: RegexNode & { kind: 'repeat' }): void {
      for (let count = 0; count < min; count++) emit(node);
      const branch = () => add({ op: 'split', first: 0, second: 0 });
      const aim = (split: { first: number; second: number }, body: number, end: number): void => {
        split.first = lazy ? end : body;
        split.second = lazy ? body : end;
      };
      if (max === Infinity) {
        const start = steps.length;
        const split = branch();
        const register = registers++;
        add({ op: 'save', register });
        emit(node);
        const leave = add({ op: 'leave-idle', register, target: 0 });
        add({ op: 'jump', target: start });
        leave.target = steps.length;
        aim(split, start + 1, steps.length);
        return;
      }
      const splits: { at: number; split: { first: number; second: number } }[] = [];
      for (let count = min; count < max; count++) {
        splits.push({ at: steps.length, split: branch() });
        emit(node);
      }
      for (const { at, split } of splits) aim(split, at + 1, steps.length);
    }

    emit(node);
    add({ op: 'match' });
    return steps;
  }

  const steps = compile(root);
  return { steps, registers, startsOpen: referred.size > 0 ? undefined : findOpenStart(root) };
}

function findOpenStart(node: RegexNode): 'line' | 'text' | undefined {
  if (node.kind === 'group') return findOpenStart(node.node);
  if (node.kind === 'sequence') return node.nodes[0] && findOpenStart(node.nodes[0]);
  if (node.kind !== 'repeat' || node.max !== Infinity || node.min > 1 || node.node.kind !== 'symbol') return undefined;
  if (node.node.test === anyInLine) return 'line';
  return node.node.test === anySymbol ? 'text' : undefined;
}

/** Characters that a pattern always matches, or `undefined` where that varies. */
function measureWidth(node: RegexNode): number | undefined {
  switch (node.kind) {
    case 'symbol':
      return 1;
    case 'place':
    case 'look':
      return 0;
    case 'reference':
      return undefined;
    case 'group':
      return measureWidth(node.node);
    case 'repeat': {
      const width = measureWidth(node.node);
      return width === undefined || node.min !== node.max ? undefined : width * node.min;
    }
    case 'sequence':
      return node.nodes
        .map(measureWidth)
        .reduce((sum, width) => (sum === undefined || width === undefined ? undefined : sum + width), 0);
    case 'choice': {
      const widths = node.nodes.map(measureWidth);
      return widths.every(width => width === widths[0]) ? widths[0] : undefined;
    }
  }
}

function refuse(reason: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `A regular expression cannot be used: ${reason}.`, {
    remedy: 'Simplify the regular expression.',
  });
}
