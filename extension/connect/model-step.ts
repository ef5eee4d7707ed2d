import type { ListedModel } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import { without, type Draft } from './draft.ts';
import type { Step, StepPlace, StepResult } from './flow.ts';
import { failureLines, waysBack } from './trouble.ts';

/** A model, the list once more, or another question. */
type ModelAnswer = Pick<Draft, 'model' | 'listed'> | { readonly to: string };

/** Which of its models is meant: out of the endpoint's own list where it has one, or typed. */
export function modelStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'model',
    isFor: ({ provider }) => provider !== undefined && provider.model !== 'none',
    ask: (draft, place) => (hasList(draft) ? pickModel(draft, place, asker, desk) : typeModel(draft, place, asker)),
  };
}

/** Vertex AI has no list that a person's models stand in. */
function hasList({ provider, key }: Draft): boolean {
  return provider?.provider === 'vscode-lm' || (provider?.lists === true && key?.kind !== 'identity');
}

async function pickModel(draft: Draft, place: StepPlace, asker: Asker, desk: ConnectDesk): Promise<StepResult<Draft>> {
  const isLent = draft.provider?.provider === 'vscode-lm';
  const answer = await asker.pick<ModelAnswer>({
    title: t('{0}: Model', draft.provider?.title ?? ''),
    place,
    placeholder: isLent ? t('Choose one, or type its family') : t('Choose a model, or type its name'),
    choices: draft.provider?.model === 'optional' ? [loadedModel] : [],
    load: signal => (isLent ? lentChoices(desk, draft, signal) : listedOrWhyNot(desk, draft, signal)),
    typed: text => ({
      label: t('Use "{0}"', text),
      icon: 'edit',
      description: t('as typed'),
      value: { model: text },
    }),
  });
  if (answer === undefined || answer === 'back') return answer;
  const { value } = answer;
  return 'to' in value ? value : { state: { ...without(draft, 'model', 'listed'), ...value } };
}

const loadedModel: Choice<ModelAnswer> = {
  get label() {
    return t('What it has loaded');
  },
  icon: 'circle-filled',
  get description() {
    return t('asked by no name');
  },
  value: {},
};

/** A list that does not come keeps nobody from typing a name. */
async function listedOrWhyNot(desk: ConnectDesk, draft: Draft, signal: AbortSignal): Promise<Choice<ModelAnswer>[]> {
  try {
    return await listedChoices(desk, draft, signal);
  } catch (error) {
    const group = t('What now?');
    return [
      ...failureLines(toFailure(error), t('It does not tell its models')),
      { label: t('Ask Again'), icon: 'refresh', group, value: { to: 'model' }, isChosen: true },
      ...waysBack<ModelAnswer>(draft, 'model', to => ({ to })),
      ...(draft.provider?.model === 'optional' ? [{ ...loadedModel, group }] : []),
      { label: t('Or type the name of a model'), icon: 'info', group, isAlwaysShown: true },
    ];
  }
}

async function listedChoices(desk: ConnectDesk, draft: Draft, signal: AbortSignal): Promise<Choice<ModelAnswer>[]> {
  const { models, complete } = await desk.models(draft, signal);
  const first = draft.provider?.model === 'optional' ? [loadedModel] : [];
  if (models.length === 0)
    return [...first, { label: t('It serves no model yet. Type the name of one.'), icon: 'info', isAlwaysShown: true }];
  const more: Choice<ModelAnswer>[] = complete
    ? []
    : [{ label: t('There are more: type the name.'), icon: 'info', isAlwaysShown: true }];
  return [...first, ...models.map(listed => choiceOf(listed, draft)), ...more];
}

function choiceOf(listed: ListedModel, draft: Draft): Choice<ModelAnswer> {
  const { id, title, price, embeds } = listed;
  const facts = [
    ...(title === undefined ? [] : [title]),
    ...(embeds === true ? [t('embeddings')] : []),
    ...(price === undefined ? [] : [t('${0} in, ${1} out per 1M tokens', price.input ?? 0, price.output ?? 0)]),
  ];
  return {
    label: id,
    ...(facts.length === 0 ? {} : { description: facts.join(' · ') }),
    value: { model: id, listed },
    isChosen: draft.model === id,
  };
}

async function lentChoices(desk: ConnectDesk, draft: Draft, signal: AbortSignal): Promise<Choice<ModelAnswer>[]> {
  const lent = await desk.lent(signal);
  if (lent.length === 0) {
    return [
      {
        label: t('No extension lends a model now. Install one that does, such as GitHub Copilot, and sign in.'),
        icon: 'info',
        isAlwaysShown: true,
      },
    ];
  }
  return lent.map(({ id, name }) => ({
    label: name,
    description: id,
    value: { model: id },
    isChosen: draft.model === id,
  }));
}

async function typeModel(draft: Draft, place: StepPlace, asker: Asker): Promise<StepResult<Draft>> {
  const { provider, model = '' } = draft;
  const isDeployment = provider?.provider === 'azure-openai';
  const answer = await asker.input({
    title: isDeployment ? t('{0}: Deployment', provider.title) : t('{0}: Model', provider?.title ?? ''),
    place,
    prompt: isDeployment ? t('Name of the deployment') : t('Name of the model as the endpoint knows it'),
    placeholder: isDeployment ? 'gpt-4o' : 'gemini-2.5-flash',
    value: model,
    check: text => (text === '' ? { message: t('A name is needed.') } : undefined),
  });
  if (answer === undefined || answer === 'back') return answer;
  return { state: { ...without(draft, 'listed'), model: answer.value } };
}
