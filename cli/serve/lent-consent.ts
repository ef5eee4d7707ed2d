import type { LentUse } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunPlan } from '../../engine/runs/plan.ts';
import { connectionNamed } from '../../engine/workspace/workspace.ts';

/** What a run wants of the models that VS Code lends, each model once. */
export function listLentUses(plan: RunPlan): LentUse[] {
  const uses = new Map<string, LentUse>();
  for (const { model } of plan.variants) {
    if (model.kind !== 'connection' || model.connection.provider !== 'vscode-lm') continue;
    const { family, vendor } = model.connection;
    const before = uses.get(model.name)?.requests ?? 0;
    uses.set(model.name, {
      connection: model.name,
      family,
      ...(vendor === undefined ? {} : { vendor }),
      requests: before + plan.scan.rows * plan.repeats,
    });
  }
  // How often judges and the like are asked depends on the answers.
  for (const name of plan.measures.models) {
    const connection = connectionNamed(plan.workspace, name);
    if (connection.provider !== 'vscode-lm' || uses.has(name)) continue;
    const { family, vendor } = connection;
    uses.set(name, { connection: name, family, ...(vendor === undefined ? {} : { vendor }) });
  }
  return [...uses.values()];
}

export function lendingNotAllowed(uses: readonly LentUse[]): WorkbenchError {
  const names = uses.map(({ connection }) => connection).join(', ');
  return new WorkbenchError('model-unknown', `The use of VS Code's own language models (${names}) was not allowed.`, {
    remedy: 'Run it again and agree, or leave the model out.',
  });
}
