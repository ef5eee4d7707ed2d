import { WorkbenchError } from '../base/errors.ts';
import { guardedAliases } from '../ports/registry.ts';

/** Names and aliases as tuning jobs and benchmarks may write them (`registry:MODEL@ALIAS`). */
const modelPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const aliasPattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
/** Words that MLflow keeps for itself; a registry that is handed over must not use them. */
const reservedAlias = /^(latest|v\d+)$/i;

/** Throws `usage` for a name no benchmark could refer to. */
export function checkModelName(name: string): void {
  if (modelPattern.test(name)) return;
  throw new WorkbenchError('usage', `"${name}" is no name for a model.`, {
    remedy: 'Use letters, digits, dots, underscores and hyphens, such as ticket-triage.',
  });
}

/** Throws `usage` for an alias that cannot be written, is kept by others, or is moved by governance only. */
export function checkAlias(alias: string): void {
  if (!aliasPattern.test(alias) || reservedAlias.test(alias)) {
    throw new WorkbenchError('usage', `"${alias}" is no alias.`, {
      remedy: 'Start with a letter, then letters, digits, dots, underscores and hyphens; `latest` and `v1` are kept.',
    });
  }
  if (!guardedAliases.includes(alias)) return;
  throw new WorkbenchError('usage', `The alias "${alias}" is moved by governance only.`, {
    remedy: 'It follows an approval: `aiwb registry request-approval`, `approve`, `baseline`, `promote`.',
  });
}
