import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** A question as the fake reads it. */
interface Asked {
  readonly id: string;
  readonly input: string;
  readonly choices?: readonly string[];
}

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** What is done for an input that names it (`FAULT=name …`); every other input is answered with itself in capitals. */
const faults: Readonly<Record<string, (asked: Asked) => unknown>> = {
  garbage: () => process.stdout.write('Loading weights: 10%\n'),
  silent: () => undefined,
  hang: () => {
    for (;;);
  },
  exit: () => process.exit(0),
  crash: () => {
    process.stderr.write('Traceback:\n  CUDA out of memory\n');
    process.exit(1);
  },
  error: ({ id }) => print({ id, error: 'no such label' }),
  nan: ({ id }) => process.stdout.write(`{"id": "${id}", "output": "a", "probabilities": {"a": NaN}}\n`),
  outputless: ({ id }) => print({ id, text: 'x' }),
  impossible: ({ id }) => print({ id, output: 'a', probabilities: { a: 1.5 } }),
  stranger: () => print({ id: '999999', output: 'x' }),
  twice: ({ id }) => {
    print({ id, output: 'first' });
    print({ id, output: 'second' });
  },
  huge: ({ id }) => print({ id, output: 'x'.repeat(10 * 2 ** 20) }),
  endless: () => {
    const more = (): void => {
      while (process.stdout.write('x'.repeat(2 ** 20)));
      process.stdout.once('drain', more);
    };
    more();
  },
  late: async ({ id }) => {
    await wait(400);
    print({ id, output: 'late' });
  },
  probabilities: ({ id }) => print({ id, probabilities: { cat: 0.2, dog: 0.8 }, inputTokens: 3, outputTokens: 1 }),
  choices: ({ id, choices }) => print({ id, output: choices?.[1], choiceLogprobs: choices?.map((_, at) => -2 + at) }),
  number: ({ id }) => print({ id: Number(id), output: { amount: 4 } }),
  environment: ({ id }) => print({ id, output: Object.keys(process.env).join(' ') }),
};

/** `node line-program.ts [LOG]`: a program for command connections. LOG gets a line for each start and each question. */
async function main(): Promise<void> {
  const log = process.argv[2];
  const note = (line: string): void => {
    if (log !== undefined) appendFileSync(log, `${line}\n`);
  };
  note(`start ${process.pid}`);
  for await (const line of createInterface(process.stdin)) {
    const asked = JSON.parse(line) as Asked;
    note(asked.input);
    const fault = /FAULT=(\w+)/.exec(asked.input)?.[1];
    if (fault === undefined) print({ id: asked.id, output: asked.input.toUpperCase() });
    else void faults[fault]?.(asked);
  }
}

if (import.meta.main) await main();
