import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import { globalOptions } from '../options.ts';

/** Commands that other programs start: the engine process, the language server, and a detached run. Loaded only when asked for. */
export function addHosts(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('serve')
    .requiredOption('--stdio', 'talk over the standard streams')
    .action(() =>
      run(async () => {
        const { serve } = await import('../serve/serve.ts');
        return serve();
      }),
    );
  program
    .command('lsp')
    .requiredOption('--stdio', 'talk over the standard streams')
    .action((_options: unknown, command: Command) =>
      run(async () => {
        const { runLanguageServer } = await import('../lsp.ts');
        return runLanguageServer(globalOptions(command).store);
      }),
    );
  program
    .command('run-worker', { hidden: true })
    .argument('<run>')
    .action((runId: string, _options: unknown, command: Command) =>
      run(async () => {
        const { runWorker } = await import('../run-worker.ts');
        return runWorker(runId, globalOptions(command).store ?? '.aiwb');
      }),
    );
}
