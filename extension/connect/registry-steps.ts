import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { Step } from './flow.ts';
import { suggestName } from './words.ts';

export type SharedRegistryType = 'kubeflow' | 'mlflow';

/** A registry that is being added. */
export interface RegistryDraft {
  readonly type?: SharedRegistryType;
  readonly url?: string;
  /** Where its token is found. */
  readonly key?: 'none' | 'env' | 'secret';
  /** Of the environment variable or the saved key; never the token itself. */
  readonly keyName?: string;
  readonly name?: string;
}

export interface RegistryDesk {
  /** Names that workbench.yaml has taken. */
  readonly taken: readonly string[];
  /** Whether an environment variable is set where VS Code runs. */
  isSet(variable: string): boolean;
}

const variables: Readonly<Record<SharedRegistryType, string>> = {
  kubeflow: 'MODEL_REGISTRY_TOKEN',
  mlflow: 'MLFLOW_TRACKING_TOKEN',
};

/** The questions that a registry is added by. Nothing is asked of the registry. */
export function registrySteps(asker: Asker, desk: RegistryDesk): Step<RegistryDraft>[] {
  return [typeStep(asker), urlStep(asker), keyStep(asker), keyNameStep(asker, desk), nameStep(asker, desk)];
}

function typeStep(asker: Asker): Step<RegistryDraft> {
  return {
    id: 'type',
    isFor: () => true,
    async ask(draft, place) {
      const choices: Choice<SharedRegistryType>[] = [
        {
          label: t('Kubeflow Model Registry'),
          icon: 'server-environment',
          detail: t('Of Kubeflow or OpenShift AI, API v1alpha3'),
          value: 'kubeflow',
        },
        {
          label: t('MLflow'),
          icon: 'server',
          detail: t('A tracking server of MLflow 3 with its registry'),
          value: 'mlflow',
        },
      ];
      const answer = await asker.pick<SharedRegistryType>({
        title: t('Add Registry: Type'),
        place,
        placeholder: t('The kind of registry that your models are shared in'),
        choices: choices.map(choice => ({ ...choice, isChosen: choice.value === draft.type })),
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, type: answer.value } };
    },
  };
}

function urlStep(asker: Asker): Step<RegistryDraft> {
  return {
    id: 'url',
    isFor: () => true,
    async ask(draft, place) {
      const answer = await asker.input({
        title: t('Add Registry: Address'),
        place,
        prompt:
          draft.type === 'mlflow'
            ? t('Address of the tracking server')
            : t('Address of the REST API; the path /api/model_registry/v1alpha3 may be left out'),
        placeholder: draft.type === 'mlflow' ? 'http://127.0.0.1:5000' : 'https://registry.example',
        value: draft.url ?? '',
        check: checkRegistryAddress,
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, url: answer.value.replace(/\/+$/, '') } };
    },
  };
}

/** What is wrong with an address, or worth a warning. */
export function checkRegistryAddress(text: string): { message: string; isWarning?: boolean } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { message: t('An address that starts with http:// or https://.') };
  }
  if (url.username !== '' || url.password !== '')
    return { message: t('No user name or password in the address: it is written into a file.') };
  if (url.search !== '' || url.hash !== '') return { message: t('No "?" or "#" in the address.') };
  const isOwnMachine = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && !isOwnMachine
    ? { message: t('A token would travel unencrypted.'), isWarning: true }
    : undefined;
}

function keyStep(asker: Asker): Step<RegistryDraft> {
  return {
    id: 'key',
    isFor: () => true,
    async ask(draft, place) {
      const choices: Choice<NonNullable<RegistryDraft['key']>>[] = [
        { label: t('It Asks for None'), icon: 'unlock', value: 'none' },
        {
          label: t('An Environment Variable'),
          icon: 'symbol-variable',
          detail: t('The file names the variable, never the token'),
          value: 'env',
        },
        {
          label: t('A Saved Key'),
          icon: 'key',
          detail: t('Kept in the key store of this machine; set with Set API Key…'),
          value: 'secret',
        },
      ];
      const answer = await asker.pick<NonNullable<RegistryDraft['key']>>({
        title: t('Add Registry: Token'),
        place,
        placeholder: t('Where the bearer token comes from'),
        choices: choices.map(choice => ({ ...choice, isChosen: choice.value === draft.key })),
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, key: answer.value } };
    },
  };
}

function keyNameStep(asker: Asker, desk: RegistryDesk): Step<RegistryDraft> {
  return {
    id: 'keyName',
    isFor: ({ key }) => key === 'env' || key === 'secret',
    async ask(draft, place) {
      const isVariable = draft.key === 'env';
      const usual = isVariable ? variables[draft.type ?? 'kubeflow'] : 'registry';
      const answer = await asker.input({
        title: isVariable ? t('Add Registry: Environment Variable') : t('Add Registry: Saved Key'),
        place,
        prompt: isVariable
          ? t('Name of the variable that holds the token where VS Code runs')
          : t('The name by which workbench.yaml refers to the key'),
        value: draft.keyName ?? usual,
        check: text => {
          const pattern = isVariable ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
          if (!pattern.test(text)) return { message: t('A name of letters, digits and "_", not the key itself.') };
          return isVariable && !desk.isSet(text)
            ? { message: t('{0} is not set where VS Code runs.', text), isWarning: true }
            : undefined;
        },
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, keyName: answer.value } };
    },
  };
}

function nameStep(asker: Asker, { taken }: RegistryDesk): Step<RegistryDraft> {
  return {
    id: 'name',
    isFor: () => true,
    async ask(draft, place) {
      const answer = await asker.input({
        title: t('Add Registry: Name'),
        place,
        prompt: t('Benchmarks name its models as registry:NAME/MODEL@VERSION'),
        value: draft.name ?? suggestName('shared', taken),
        check: text => {
          if (text === 'local') return { message: t('"local" is the registry in the store.') };
          if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text))
            return { message: t('A letter, then letters, digits, "_" and "-", at most 64.') };
          return taken.includes(text) ? { message: t('workbench.yaml has a registry {0} already.', text) } : undefined;
        },
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, name: answer.value } };
    },
  };
}

/** The entry below `registries` in workbench.yaml. */
export function declarationOf({ type = 'kubeflow', url = '', key, keyName }: RegistryDraft): Record<string, unknown> {
  const hasKey = (key === 'env' || key === 'secret') && keyName !== undefined;
  return { type, url, ...(hasKey ? { token: { [key]: keyName } } : {}) };
}
