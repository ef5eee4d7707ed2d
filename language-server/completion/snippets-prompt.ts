import { fields, flow, items, lines, stop, type Fields, type Sketch, type Stop, type Snippet } from './sketch.ts';

const message = (role: string, ...of: readonly (string | Stop)[]): Fields => fields({ role, content: lines(...of) });
const asked = '{{text}}';
const parameters = fields({ temperature: stop('0'), maxTokens: stop('256') });
const schema: Sketch = flow(
  fields({
    type: 'object',
    properties: flow(fields({ label: flow(fields({ type: 'string' })) })),
    required: '[label]',
  }),
);

/** What a prompt file is usually made of. */
export const promptSnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'prompt',
    detail: "A system message and the row's text",
    whole: true,
    sketch: fields({
      name: stop('Prompt'),
      modelParameters: parameters,
      messages: items(message('system', stop('You answer in one word.')), message('user', stop(asked))),
    }),
  },
  {
    at: '',
    label: 'classification prompt',
    detail: 'One of several labels and nothing else',
    whole: true,
    sketch: fields({
      name: stop('Classification'),
      modelParameters: fields({ temperature: '0', maxTokens: stop('16') }),
      messages: items(
        message('user', stop('Which category is this? Answer with one of a, b, c and nothing else.'), stop(asked)),
      ),
    }),
  },
  {
    at: '',
    label: 'extraction prompt',
    detail: 'An answer as JSON of a schema',
    whole: true,
    sketch: fields({
      name: stop('Extraction'),
      messages: items(message('user', stop('Read the fields out of this text.'), stop(asked))),
      responseFormat: fields({ type: 'json_schema', name: stop('answer'), schema }),
    }),
  },
  {
    at: '',
    label: 'prompt with an image',
    detail: 'A text and a picture from the row',
    whole: true,
    sketch: fields({
      name: stop('Picture'),
      messages: items(
        fields({
          role: 'user',
          content: items(
            flow(fields({ type: 'text', text: stop('"What is in this picture?"') })),
            flow(fields({ type: 'image', image: stop('"{{image}}"') })),
          ),
        }),
      ),
    }),
  },
  {
    at: 'messages.*',
    label: 'system message',
    detail: 'What holds for every row',
    sketch: message('system', stop('You answer in one word.')),
  },
  { at: 'messages.*', label: 'user message', detail: "With the row's text", sketch: message('user', stop(asked)) },
  {
    at: 'messages.*',
    label: 'assistant message',
    detail: 'An answer as an example',
    sketch: message('assistant', stop('label')),
  },
  {
    at: 'tools.*',
    label: 'tool',
    detail: 'A function the model may call',
    sketch: fields({
      name: stop('get_weather'),
      description: stop('The weather in a city'),
      parameters: flow(
        fields({
          type: 'object',
          properties: flow(fields({ city: flow(fields({ type: 'string' })) })),
          required: '[city]',
        }),
      ),
    }),
  },
];
