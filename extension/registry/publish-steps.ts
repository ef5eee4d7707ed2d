import type { PublishRun, RegistryEntry } from '../../schemas/generated/messages.ts';
import type { Asker, Choice } from '../connect/ask.ts';
import type { Step } from '../connect/flow.ts';
import { t } from '../base/translate.ts';
import { hostOf } from './registry-items.ts';
import { registryLabel, registryTypeWords } from './words.ts';

/** What somebody wants of the publishing of a run. */
export interface RunDraft {
  /** Empty: wherever the versions that it asked are registered. */
  readonly registry?: string;
  readonly scope?: NonNullable<PublishRun['scope']>;
  readonly useCase?: string;
  readonly isPrivate?: boolean;
}

/** Registries that may be written to, as one chooses among them. */
export function registryChoices(registries: readonly RegistryEntry[]): Choice<string>[] {
  return registries
    .filter(({ readOnly }) => readOnly !== true)
    .map(({ name, type, url }) => ({
      label: registryLabel(name),
      icon: type === 'local' ? 'database' : 'server',
      description: [registryTypeWords(type), hostOf(url)].filter(Boolean).join(' · '),
      value: name,
    }));
}

/** The questions before a run's figures are published. */
export function publishRunSteps(asker: Asker, registries: readonly RegistryEntry[]): Step<RunDraft>[] {
  return [
    {
      id: 'registry',
      isFor: () => registryChoices(registries).length > 1,
      async ask(draft, place) {
        const everywhere: Choice<string> = {
          label: t('Where the Versions It Asked Are Registered'),
          icon: 'references',
          value: '',
        };
        const answer = await asker.pick<string>({
          title: t('Publish a Run: Registry'),
          place,
          placeholder: t('Where its figures are added to a version'),
          choices: [everywhere, ...registryChoices(registries)].map(choice => ({
            ...choice,
            isChosen: choice.value === draft.registry,
          })),
        });
        if (answer === undefined || answer === 'back') return answer;
        return { state: { ...draft, registry: answer.value } };
      },
    },
    {
      id: 'scope',
      isFor: () => true,
      async ask(draft, place) {
        const choices: Choice<NonNullable<RunDraft['scope']>>[] = [
          {
            label: t('Custom Evaluation'),
            icon: 'beaker',
            detail: t('Measured on data of your own, for one use case'),
            value: 'custom',
          },
          {
            label: t('Baseline'),
            icon: 'graph',
            detail: t('Measured on a public or shared dataset, for everybody to compare by'),
            value: 'baseline',
          },
        ];
        const answer = await asker.pick<NonNullable<RunDraft['scope']>>({
          title: t('Publish a Run: What the Figures Are'),
          place,
          placeholder: t('Figures of the two kinds stand apart in the registry'),
          choices: choices.map(choice => ({ ...choice, isChosen: choice.value === draft.scope })),
        });
        if (answer === undefined || answer === 'back') return answer;
        return { state: { ...draft, scope: answer.value } };
      },
    },
    {
      id: 'useCase',
      isFor: ({ scope }) => scope === 'custom',
      async ask(draft, place) {
        const answer = await asker.input({
          title: t('Publish a Run: Use Case'),
          place,
          prompt: t('What the model was measured for; empty: not said'),
          placeholder: t('covenant extraction'),
          value: draft.useCase ?? '',
          check: text => (text.length <= 200 ? undefined : { message: t('At most {0} characters.', 200) }),
        });
        if (answer === undefined || answer === 'back') return answer;
        return { state: { ...draft, useCase: answer.value } };
      },
    },
    {
      id: 'private',
      isFor: () => true,
      async ask(draft, place) {
        const choices: Choice<boolean>[] = [
          {
            label: t('Digest and Number of Rows Only'),
            icon: 'lock',
            detail: t('Nobody learns from the registry what the data are called or where they lie'),
            value: true,
          },
          {
            label: t('Name and Place as Well'),
            icon: 'database',
            detail: t('The path of the data is published. No row ever is.'),
            value: false,
          },
        ];
        const answer = await asker.pick<boolean>({
          title: t('Publish a Run: What Is Said of the Data'),
          place,
          placeholder: t('Figures need the digest, so that only what was measured on the same rows is compared'),
          choices: choices.map(choice => ({ ...choice, isChosen: choice.value === draft.isPrivate })),
        });
        if (answer === undefined || answer === 'back') return answer;
        return { state: { ...draft, isPrivate: answer.value } };
      },
    },
  ];
}

export function publishedRun(runId: string, { registry, scope, useCase, isPrivate = true }: RunDraft): PublishRun {
  return {
    runId,
    private: isPrivate,
    ...(registry === undefined || registry === '' ? {} : { registry }),
    ...(scope === undefined ? {} : { scope }),
    ...(scope !== 'custom' || useCase === undefined || useCase === '' ? {} : { useCase }),
  };
}
