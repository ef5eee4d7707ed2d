import path from 'node:path';
import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import { describeCompleteness } from '../../engine/cards/card-words.ts';
import { keepCard } from '../../engine/cards/keep-card.ts';
import { openCard, writeCard, type CardPorts } from '../../engine/cards/open-card.ts';
import { countOf } from '../../engine/reports/format.ts';
import { formatReference } from '../../engine/base/registry-reference.ts';
import { allowOriginOption } from '../access.ts';
import { addOutput, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';
import { requireVersion } from '../version-reference.ts';
import { withRegistries, type Run } from './governed.ts';

interface CardOptions {
  readonly output?: string;
  readonly html?: string;
  readonly import?: string;
  readonly figures?: boolean;
  readonly allowOrigin?: readonly string[];
}

/** `aiwb registry card`: the model card of a version. */
export function addCard(registry: Command, run: Run): void {
  const command = registry
    .command('card')
    .description("A version's model card, made from its record; what people wrote in it is kept")
    .argument('<version>', '[REGISTRY/]MODEL@V');
  addOutput(command, '<file>', 'write it to this Markdown file, or bring the file up to date')
    .option('--html <file>', 'write it as a page')
    .option('--import <file>', 'keep this file with the version, as its newest card; the cards before stay')
    .option('--figures', 'with --import: add the results in its `model-index` to the version')
    .option(...allowOriginOption)
    .action((version: string, options: CardOptions, self: Command) =>
      run(() => card(version, options, globalOptions(self))),
    );
}

function card(name: string, options: CardOptions, global: GlobalOptions): Promise<ExitCode> {
  const reference = requireVersion(name);
  return withRegistries(
    global,
    { allowOrigin: options.allowOrigin },
    async (governance, registries, folder, signal) => {
      const ports: CardPorts = { ...governance, registries };
      if (options.import !== undefined) {
        const actor = await governance.identities.whoAmI(folder, signal);
        const file = path.resolve(options.import);
        const figures = options.figures === true;
        const kept = await keepCard({ reference, file, folder, actor, figures }, ports, signal);
        const artifact = kept.artifact.name;
        printNote(
          kept.was
            ? `${options.import} is the newest card of ${formatReference(reference)} already.`
            : `${options.import} is kept with ${formatReference(reference)} as ${artifact}.`,
        );
        if (figures) printNote(`${countOf(kept.figures, 'figure')} added${leftOutWords(kept.leftOut)}.`);
      }
      const out = options.output === undefined ? undefined : path.resolve(options.output);
      const opened = await openCard(reference, folder, ports, signal, out);
      const { card: made } = opened;
      if (out !== undefined) {
        const written = await writeCard(opened, out, ports, signal);
        printNote(written ? `Written to ${out}.` : `${out} is up to date.`);
      }
      if (options.html !== undefined) await ports.files.writeText(path.resolve(options.html), made.html);
      if (global.json === true) printJson(made);
      else if (out === undefined && options.html === undefined && options.import === undefined) printResult(made.text);
      printNote(describeCompleteness(made));
      return 0;
    },
  );
}

function leftOutWords(count: number): string {
  return count === 0 ? '' : `; ${countOf(count, 'result')} left out, for they hold no number or are named twice`;
}
