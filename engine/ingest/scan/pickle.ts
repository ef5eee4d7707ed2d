import { countOf } from '../../reports/format.ts';
import { ascii, findFirst, type ByteSource } from './bytes.ts';
import { quoted, type ScanContext } from './findings.ts';
import { searchedModules, trustOf } from './pickle-globals.ts';
import { readPickle, type PickleReading } from './pickle-machine.ts';

/** Pickles that may stand one behind the other in a file, as older versions of PyTorch wrote them. */
const mostPickles = 10_000;

/** How sure it is that the file is a pickle: by its place or first bytes, by its name, or not at all. */
export type Certainty = 'sure' | 'named' | 'guess';

/**
 * Tells what the pickles in a file import. A pickle that breaks off is judged by what stands before the break, since an unpickler has run
 * it by then, and its rest is searched for the names that do most harm. Returns whether the file is a pickle at all.
 */
export async function scanPickle(
  source: ByteSource,
  file: string,
  certainty: Certainty,
  context: ScanContext,
): Promise<boolean> {
  let at = 0;
  let imports = 0;
  let arrays = false;
  for (let index = 0; index < mostPickles && at < source.size; index++) {
    const reading = await readPickle(source, at, context.signal);
    const { fault } = reading;
    const isFirst = index === 0;
    if (isFirst && certainty !== 'sure' && !looksLikePickle(reading)) {
      if (certainty === 'named') await searchRest(source, 0, file, context);
      return false;
    }
    // Behind the last pickle of a file stands what is none: bytes of tensors, padding.
    if (!isFirst && fault !== undefined && reading.imports.length === 0) break;
    reportImports(reading, file, context, fault !== undefined && certainty === 'guess');
    imports += reading.imports.length;
    arrays ||= reading.imports.some(({ name }) => name === 'NumpyArrayWrapper');
    if (fault !== undefined) {
      await reportBreak(source, reading, file, arrays, certainty, context);
      break;
    }
    at = reading.end;
    if (index === mostPickles - 1 && at < source.size) {
      context.report({
        rule: 'pickle-unreadable',
        severity: 'unsafe',
        file,
        offset: at,
        message: `There are more than ${String(mostPickles)} pickles in one file: it was not read to its end.`,
      });
    }
  }
  context.report({
    rule: 'pickle-format',
    severity: 'note',
    file,
    message: `It is a pickle (${imports === 0 ? 'without imports' : countOf(imports, 'import')}): loading it runs whatever it says.`,
    remedy: 'Prefer safetensors, which can hold no code.',
  });
  return true;
}

function looksLikePickle({ fault, imports, calls, opcodes }: PickleReading): boolean {
  if (fault === undefined) return opcodes > 2 || imports.length > 0;
  return calls > 0 && imports.some(({ module, name }) => trustOf(module ?? '', name ?? '') === 'dangerous');
}

function reportImports({ imports }: PickleReading, file: string, { report }: ScanContext, onlyWorst: boolean): void {
  for (const { module, name, offset, opcode } of imports) {
    if (module === undefined || name === undefined) {
      if (onlyWorst) continue;
      report({
        rule: 'pickle-import-hidden',
        severity: 'unsafe',
        file,
        offset,
        message: `${opcode} imports something whose name is not written in the pickle.`,
        remedy: 'No tool that saves weights does this. Ask where the file comes from, or take safetensors.',
      });
      continue;
    }
    const full = quoted(`${module}.${name}`);
    const trust = trustOf(module, name);
    if (trust === 'allowed' || (onlyWorst && trust !== 'dangerous')) continue;
    if (trust === 'dangerous') {
      report({
        rule: 'pickle-import-dangerous',
        severity: 'unsafe',
        file,
        offset,
        message: `Loading it imports ${full}, which can run code, read files or reach the network.`,
        remedy: 'Do not load it. Ask for safetensors, or for the file without this.',
      });
    } else {
      report({
        rule: 'pickle-import-unknown',
        severity: 'warning',
        file,
        offset,
        message: `Loading it imports ${full}, which is not known to be harmless.`,
        remedy: 'Check what it does, or take safetensors.',
      });
    }
  }
}

async function reportBreak(
  source: ByteSource,
  { end, fault = '', opcodes }: PickleReading,
  file: string,
  arrays: boolean,
  certainty: Certainty,
  context: ScanContext,
): Promise<void> {
  await searchRest(source, end, file, context);
  if (arrays) {
    context.report({
      rule: 'pickle-arrays-inside',
      severity: 'warning',
      file,
      offset: end,
      message: 'joblib wrote arrays into the pickle: from here on it was searched for dangerous names, not read.',
    });
    return;
  }
  context.report({
    rule: 'pickle-broken',
    severity: certainty === 'sure' && opcodes > 0 ? 'unsafe' : 'warning',
    file,
    offset: end,
    message: `The pickle cannot be read to its end: ${fault}. What stands before this place runs all the same.`,
    remedy: 'Fetch the file again; a broken pickle can be a disguise.',
  });
}

/** `cos\n` and a short text `os`, as GLOBAL and STACK_GLOBAL write them. */
const needles = searchedModules.flatMap(module => [
  ascii(`c${module}\n`),
  ascii(`i${module}\n`),
  Uint8Array.of(0x8c, module.length, ...ascii(module), 0x94),
]);
const namesOfNeedles = searchedModules.flatMap(module => [module, module, module]);

async function searchRest(source: ByteSource, start: number, file: string, context: ScanContext): Promise<void> {
  for (let at = start, found = 0; found < 20; found++) {
    const next = await findFirst(source, needles, at, context.signal);
    if (next === undefined) return;
    at = next.at + 1;
    const name = namesOfNeedles[next.needle] ?? '';
    context.report({
      rule: 'pickle-import-dangerous',
      severity: 'unsafe',
      file,
      offset: next.at,
      message: `What follows the break imports ${quoted(name)}, which can run code, read files or reach the network.`,
      remedy: 'Do not load it.',
    });
  }
}

/** Whether bytes begin as pickles from protocol 2 on do. */
export function beginsAsPickle(head: Uint8Array): boolean {
  return head.length > 2 && head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5;
}
