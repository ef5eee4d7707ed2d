import type { History } from '../memory/history.ts';

/** The history as one request sees it: what is asked twice is looked up once, so that hundreds of hints cost one look at the store. */
export function snapshotOf(history: History): History {
  const answers = new Map<string, Promise<unknown>>();
  function once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = answers.get(question);
    if (known !== undefined) return known as Promise<T>;
    const answer = ask();
    answers.set(question, answer);
    return answer;
  }

  return {
    runsOf: (uri, signal) => once(`file ${uri}`, () => history.runsOf(uri, signal)),
    runsNamed: (uri, name, signal) => once(`name ${uri} ${name}`, () => history.runsNamed(uri, name, signal)),
    runs: (uri, signal) => once(`runs ${uri}`, () => history.runs(uri, signal)),
    run: (uri, id, signal) => once(`run ${uri} ${id}`, () => history.run(uri, id, signal)),
    models: (uri, signal) => once(`models ${uri}`, () => history.models(uri, signal)),
    versions: (uri, model, signal) => once(`versions ${uri} ${model}`, () => history.versions(uri, model, signal)),
    catalogue: (uri, question, read, signal) =>
      once(`catalogue ${uri} ${question}`, () => history.catalogue(uri, question, read, signal)),
    assessments: (uri, model, signal) =>
      once(`assessments ${uri} ${model}`, () => history.assessments(uri, model, signal)),
    waivers: (uri, signal) => once(`waivers ${uri}`, () => history.waivers(uri, signal)),
    version: (uri, signal) => history.version(uri, signal),
    close: () => history.close(),
  };
}
