import type { Connection } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { compileTemplate } from '../../templates/template.ts';
import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { readErrorObject } from '../http/error-object.ts';
import { readCount } from '../http/json.ts';
import type { HttpCall, Protocol } from '../http/protocol.ts';
import { AnswerFailure, textOf, type Question } from '../model.ts';
import { asText, likeliest, readProbabilities } from '../reply-values.ts';
import { compileJsonPath, type JsonPath } from './json-path.ts';
import { compileJsonTemplate } from './json-template.ts';

export type HttpTemplate = Extract<Connection, { provider: 'http' }>;

type Values = Readonly<Record<string, unknown>>;

/** Sent where a connection describes no body. */
const usualBody = { input: '{{ input }}' };

/** An endpoint that is described by templates. Throws `prompt-invalid` for a template and `file-invalid` for a path that cannot be read. */
export function createTemplateProtocol(endpoint: Endpoint, connection: HttpTemplate): Protocol {
  const place = `The connection ${endpoint.name}`;
  const { url, method = 'POST', output, probabilities, inputTokens, outputTokens, cost } = connection;
  const write = createWriter(endpoint, connection, place);
  const read = createReader(connection, place);
  return {
    id: 'http-template',
    version: 1,
    identity: [
      url,
      method,
      connection.body,
      connection.headers,
      output,
      probabilities,
      inputTokens,
      outputTokens,
      cost,
    ],
    reply: 'reply with what `output` and `probabilities` name',
    remedy: 'Check the paths in output and probabilities.',
    takesText: output === undefined && probabilities === undefined,
    countsTokens: false,
    write(question) {
      try {
        return write(question);
      } catch (error) {
        // It fails on this row's values, and may not on another's.
        if (!(error instanceof WorkbenchError)) throw error;
        throw new AnswerFailure('client', error.message, 0, error);
      }
    },
    readBody: read,
    // What is called an error in other APIs may be part of this one's answers.
    readError: body => (read(body, undefined) ? undefined : readErrorObject(body)),
  };
}

function createWriter(
  endpoint: Endpoint,
  { url, method = 'POST', headers = {}, body = method === 'GET' ? undefined : usualBody }: HttpTemplate,
  place: string,
): (question: Question) => HttpCall {
  const address = compileTemplate(pathOf(url), `${place}: url`);
  const written = Object.entries(headers).map(
    ([name, text]) => [name.toLowerCase(), compileTemplate(text, `${place}: headers.${name}`)] as const,
  );
  const content = typeof body === 'string' ? compileTemplate(body, `${place}: body`) : undefined;
  const json = body === undefined || typeof body === 'string' ? undefined : compileJsonTemplate(body, `${place}: body`);
  const templates = [address, ...written.map(([, template]) => template), content, json];
  const variables = new Set(templates.flatMap(template => template?.variables ?? []));
  return question => {
    const values = valuesOf(question, endpoint);
    for (const name of variables) if (!Object.hasOwn(values, name)) throw missingColumn(endpoint, name);
    const text = content?.render(values) ?? (json === undefined ? undefined : JSON.stringify(json.fill(values)));
    return {
      method,
      url: checkUrl(endpoint, endpoint.origin + address.render(encodeValues(values))),
      headers: Object.fromEntries(
        written.map(([name, template]) => [name, checkHeader(endpoint, name, template.render(values))]),
      ),
      ...(text === undefined ? {} : { body: text }),
      ...(content === undefined ? {} : { contentType: 'text/plain; charset=utf-8' }),
    };
  };
}

/** The columns of the row, and what the workbench adds to them. */
function valuesOf({ values = {}, input, messages, choices = [], parameters }: Question, { model }: Endpoint): Values {
  const prompt = messages.map(textOf).join('\n\n');
  return { ...values, input, prompt: prompt === '' ? input : prompt, model, choices, parameters, row: values };
}

/** Path and query of an address, at least `/`. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  return start < 0 ? '/' : url.slice(start);
}

/** Texts percent-encoded, so that no value can end the part of the address it stands in. */
function encodeValues(values: Values): Values {
  return encode(values, 0) as Values;
}

/** How deep a row is followed; what lies deeper has no place in an address. */
const deepest = 8;

function encode(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return encodeURIComponent(value.toWellFormed());
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return '';
  if (Array.isArray(value)) return value.map((item: unknown) => encode(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, depth + 1)]));
}

function checkUrl(endpoint: Endpoint, url: string): string {
  if (/^[\x21-\x7e]+$/.test(url) && URL.canParse(url) && new URL(url).origin === endpoint.origin) return url;
  const what = `the address it has for this row cannot be asked: ${endpoint.quote(url)}`;
  throw new AnswerFailure('client', `${endpoint.name}: ${what}. Check the template in url.`, 0);
}

function checkHeader(endpoint: Endpoint, name: string, value: string): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  const what = `the header ${name} has characters for this row that no header can carry`;
  throw new AnswerFailure('client', `${endpoint.name}: ${what}. Send them in the body.`, 0);
}

function missingColumn({ name }: Endpoint, column: string): AnswerFailure {
  const what = `The templates of ${name} read the column "${column}", which this row does not have.`;
  return new AnswerFailure('client', `${what} Where it may be missing, write row.${column}.`, 0);
}

/** Reads a reply into a draft; only tells whether it could where there is none. */
function createReader(connection: HttpTemplate, place: string): (body: unknown, draft: Draft | undefined) => boolean {
  const compile = (text: string | undefined, field: string): JsonPath | undefined =>
    text === undefined ? undefined : compileJsonPath(text, `${place}: ${field}`);
  const output = compile(connection.output, 'output');
  const readShares = createProbabilityReader(connection.probabilities, place);
  const inputTokens = compile(connection.inputTokens, 'inputTokens');
  const outputTokens = compile(connection.outputTokens, 'outputTokens');
  const cost = compile(connection.cost, 'cost');
  const isWhole = output === undefined && connection.probabilities === undefined;
  return (body, draft) => {
    const shares = readShares(body);
    if (typeof shares === 'string') return false;
    const found = isWhole ? body : output?.read(body);
    const text = found === undefined || found === null ? likeliest(shares) : asText(found);
    if (text === undefined) return false;
    if (draft === undefined) return !isWhole;
    draft.hasAnswer = true;
    draft.addText(text);
    draft.probabilities = shares;
    draft.inputTokens = readCount(inputTokens?.read(body));
    draft.outputTokens = readCount(outputTokens?.read(body));
    const paid = cost?.read(body);
    if (typeof paid === 'number' && paid >= 0) draft.cost = paid;
    return true;
  };
}

/** Reads label probabilities: undefined where none are asked for, a text where there should be some and they cannot be used. */
function createProbabilityReader(
  probabilities: HttpTemplate['probabilities'],
  place: string,
): (body: unknown) => ReturnType<typeof readProbabilities> {
  if (probabilities === undefined) return () => undefined;
  if (typeof probabilities === 'string') {
    const path = compileJsonPath(probabilities, `${place}: probabilities`);
    return body => readProbabilities(path.read(body)) ?? 'no probabilities';
  }
  const labels = compileJsonPath(probabilities.labels, `${place}: probabilities.labels`);
  const scores = compileJsonPath(probabilities.scores, `${place}: probabilities.scores`);
  return body => {
    const [names, shares] = [labels.read(body), scores.read(body)];
    if (!Array.isArray(names) || !Array.isArray(shares) || names.length !== shares.length)
      return 'lists of two lengths';
    return readProbabilities(
      Object.fromEntries(names.map((name: unknown, at) => [asText(name), shares[at] as unknown])),
    );
  };
}
