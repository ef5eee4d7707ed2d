import process from 'node:process';
import { environmentOfProgram } from '../program-environment.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The person's token for the hub, under the names its library reads. */
const hubTokens = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/**
 * The environment of the trainer: this process's own without what looks like a credential, and without what would make Python load other
 * code than ours. The person's token for the hub is in it only where a model of the hub is loaded.
 */
export function trainerVariables(environment: Variables, folder: string, usesHub: boolean): Record<string, string> {
  const kept = Object.entries(environmentOfProgram(environment)).filter(
    ([name]) => !/^(PYTHON|VIRTUAL_ENV$)/.test(name),
  );
  const tokens = usesHub
    ? hubTokens.flatMap(name => {
        const value = environment[name];
        return value === undefined ? [] : [[name, value] as const];
      })
    : [];
  return {
    ...Object.fromEntries([...kept, ...tokens]),
    PYTHONPATH: folder,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    PYTHONNOUSERSITE: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    TOKENIZERS_PARALLELISM: 'false',
  };
}

/** The environment of the installer. Its settings of proxies and package indexes are the person's own, keys in them included. */
export function installerVariables(environment: Variables): Record<string, string> {
  const settings = Object.entries(environment).filter(([name]) => /^(?:PIP_|UV_|(?:https?|all|no)_proxy$)/i.test(name));
  const kept = Object.entries({ ...environmentOfProgram(environment), ...Object.fromEntries(settings) }).flatMap(
    ([name, value]) => (value === undefined || /^(?:PYTHON|VIRTUAL_ENV$)/.test(name) ? [] : [[name, value] as const]),
  );
  return {
    ...Object.fromEntries(kept),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PYTHONIOENCODING: 'utf-8',
  };
}

/** Where an environment's interpreter lies. */
export function interpreterIn(folder: string): readonly string[] {
  return process.platform === 'win32' ? [folder, 'Scripts', 'python.exe'] : [folder, 'bin', 'python'];
}
