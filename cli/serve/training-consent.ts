import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import type { TuningPlan } from '../../engine/tuning/plan.ts';
import { environmentMissing } from '../../engine/models/transformers/environment.ts';
import { allowsOne } from '../access.ts';
import { createRunPorts } from '../composition.ts';
import type { Session } from './session.ts';

/**
 * Asks the person, before a run is recorded, whether what training on this machine needs may be installed, where it is missing. Throws
 * `program-not-allowed` and `environment-missing` where it may not.
 */
export async function agreeOnTraining(
  { platform, base }: Pick<TuningPlan, 'platform' | 'base'>,
  spec: RunSpec,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  if (platform.settings.type !== 'local' || base.kind === 'embedded') return;
  const { access, host, options } = session;
  const workspace = await session.readWorkspace(signal);
  const programs = neededPrograms(spec, workspace);
  await access.allowPrograms(programs, signal);
  const allowed = {
    secrets: access.secrets,
    allowsProgram: (command: readonly string[]) => allowsOne(programs, command),
  };
  const { trainer } = await createRunPorts(host, workspace, allowed, options.network, signal);
  const state = await trainer.inspect(platform.settings.python, signal);
  if (state.state === 'ready' || state.missing.isPermitted) return;
  const { requirements, folder } = state.missing;
  if (!(await access.allowInstall({ libraries: [...requirements], folder }, signal)))
    throw environmentMissing(state.missing, 'Start it again to be asked again');
  await trainer.permit();
}
