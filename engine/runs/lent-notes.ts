import type { PlannedModel } from './plan.ts';

/** What a reader must know of figures of models that VS Code lent; empty where none was. */
export function describeLent(models: readonly PlannedModel[], prompts: boolean): string[] {
  const names = models
    .filter(model => model.kind === 'connection' && model.connection.provider === 'vscode-lm')
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const who = names.join(', ');
  const asked = prompts
    ? " They know no system role: a prompt's system text is sent before its first user message."
    : '';
  return [
    `Lent by VS Code: ${who}. No latency or cost is claimed, and token counts are estimates of four characters each.${asked}`,
  ];
}
