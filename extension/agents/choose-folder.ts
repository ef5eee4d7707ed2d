import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';

/** A folder of the workspace as agents call it. */
export interface NamedFolder {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

/** The folder an agent means; the only one where it names none. Throws a FailureError that names those there are. */
export function chooseFolder(folders: readonly NamedFolder[], wanted: string | undefined): NamedFolder {
  const [only, ...others] = folders;
  if (only === undefined) {
    throw new FailureError({
      code: 'usage',
      message: t('No folder is open.'),
      remedy: t('Open the folder that holds workbench.yaml.'),
    });
  }
  if (wanted === undefined && others.length === 0) return only;
  const found = folders.find(({ name, path }) => name === wanted || path === wanted);
  if (found !== undefined) return found;
  throw new FailureError({
    code: 'usage',
    message:
      wanted === undefined ? t('Several folders are open.') : t('No folder of this workspace is called "{0}".', wanted),
    remedy: t('Name one of them in `folder`: {0}.', folders.map(({ name }) => name).join(', ')),
  });
}
