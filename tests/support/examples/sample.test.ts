import { expect, test } from 'vitest';
import { inOrder, sampleRequest } from './sample.ts';

const document = { components: { schemas: { Greet: { examples: [{ agent_id: 'agt_sample', text: 'Hello' }] } } } };

test('a request is made of what the document shows, with the ids that were seen', () => {
  const operation = {
    parameters: [
      { in: 'path', name: 'agent_id', required: true, example: 'agt_sample' },
      { in: 'query', name: 'query', required: true, example: 'table for eight' },
      { in: 'query', name: 'limit', required: false, example: 10 },
      { in: 'header', name: 'idempotency-key', required: false },
    ],
    requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Greet' } } } },
  };
  expect(sampleRequest(document, operation, new Map([['agent_id', 'agt_real']]))).toEqual({
    path: { agent_id: 'agt_real' },
    query: { query: 'table for eight', limit: '2' },
    body: { agent_id: 'agt_real', text: 'Hello' },
  });
  expect(sampleRequest(document, {}, new Map())).toEqual({});
});

test('what takes something away comes last', () => {
  const operations = ['delete', 'post', 'get'].map((method) => ({ method }));
  expect(inOrder(operations).map(({ method }) => method)).toEqual(['get', 'post', 'delete']);
});
