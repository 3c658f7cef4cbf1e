// Owns the parts of a chat completion's body that depend on what is asked: pictures and the form of the answer.
import type { AnswerSchema, ModelImage, ModelRequest } from '../domain/model.ts';
import type { AnswerForm } from './answerForm.ts';

/** System and user message; pictures come before the words that speak of them, as data URLs (RFC 2397). */
export function toMessages({ system, user, images = [] }: ModelRequest): object[] {
  const content = images.length === 0 ? user : [...images.map(toPart), { type: 'text', text: user }];
  return [
    { role: 'system', content: system },
    { role: 'user', content },
  ];
}

function toPart({ mime, bytes }: ModelImage): object {
  return { type: 'image_url', image_url: { url: `data:${mime};base64,${toBase64(bytes)}` } };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** `response_format` in the form that the server takes; nothing for words without a form. */
export function formParameters(schema: AnswerSchema | undefined, form: AnswerForm | null): object {
  if (!schema || form === null || form === 'plain') return {};
  if (form === 'json') return { response_format: { type: 'json_object' } };
  const json_schema = { name: schema.name, schema: schema.schema, strict: form === 'strict' };
  return { response_format: { type: 'json_schema', json_schema } };
}
