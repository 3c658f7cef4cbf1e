// Owns the proof that the lab is what the other end-to-end tests take it for.
import { describe, expect, inject, test } from 'vitest';
import { callMatrix, type Member, registerMember } from '../lab/member.ts';
import { whileAway } from '../lab/outage.ts';

const { synapseUrl, serverName, limitedSynapseUrl, limitedServerName, llmUrl, llmModel, llmContextTokens } =
  inject('lab');

async function createRoom(member: Member): Promise<string> {
  const { body } = await callMatrix(member, 'POST', '/_matrix/client/v3/createRoom', {});
  return String(body.room_id);
}

async function sendTwelve(member: Member) {
  const room = encodeURIComponent(await createRoom(member));
  const sent = Array.from({ length: 12 }, (_, n) =>
    callMatrix(member, 'PUT', `/_matrix/client/v3/rooms/${room}/send/m.room.message/${n}`, {
      msgtype: 'm.text',
      body: `message ${n}`,
    }),
  );
  return Promise.all(sent);
}

type Completion = {
  choices: [{ message: { content: string }; finish_reason: string }];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  error: { type: string; n_ctx: number };
};

async function complete(request: object): Promise<{ status: number; body: Completion }> {
  const response = await fetch(`${llmUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: llmModel, ...request }),
  });
  return { status: response.status, body: (await response.json()) as Completion };
}

describe('the homeservers', () => {
  test.each([
    { name: 'the unlimited one', url: synapseUrl, server: serverName },
    { name: 'the limited one', url: limitedSynapseUrl, server: limitedServerName },
  ])('$name lets anybody register and log in again', async ({ url, server }) => {
    const versions = await callMatrix({ homeserverUrl: url }, 'GET', '/_matrix/client/versions');
    expect(versions.body.versions).toContain('v1.11');

    const member = await registerMember(url, 'anna');
    expect(member.userId).toMatch(new RegExp(`^@anna-.*:${server}$`));

    const login = await callMatrix({ homeserverUrl: url }, 'POST', '/_matrix/client/v3/login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: member.userId },
      password: member.password,
    });
    expect(login).toMatchObject({ status: 200, body: { user_id: member.userId } });
  });

  test('the unlimited one takes twelve messages at once', async () => {
    const answers = await sendTwelve(await registerMember(synapseUrl));

    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  });

  test('the limited one refuses what goes over the burst and says when to come again', async () => {
    const answers = await sendTwelve(await registerMember(limitedSynapseUrl));

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: expect.any(Number) });
  });

  test('a homeserver that was away still knows its members', async () => {
    const member = await registerMember(synapseUrl);

    await whileAway('synapse', async () => {
      await expect(callMatrix(member, 'GET', '/_matrix/client/v3/account/whoami')).rejects.toThrow('fetch failed');
    });

    const who = await callMatrix(member, 'GET', '/_matrix/client/v3/account/whoami');
    expect(who.body.user_id).toBe(member.userId);
  });
});

describe('the language model', () => {
  test('writes a summary with pages and key points, and counts the tokens of both sides', async () => {
    const { body } = await complete({ max_tokens: 100, messages: [{ role: 'user', content: 'Sum up this page.' }] });

    const [choice] = body.choices;
    expect(choice.message.content).toMatch(
      /^The document .+ \(p\. 1\)\. It .+ \(p\. 2\)\.\n\nKey points:\n- .+ \(p\. 1\)\n- .+ \(p\. 2\)$/,
    );
    expect(choice.finish_reason).toBe('stop');
    // A token of the prompt is a character; of the answer, a word or two.
    expect(body.usage.prompt_tokens).toBeGreaterThan('Sum up this page.'.length);
    expect(body.usage.completion_tokens).toBeLessThan(30);
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
  });

  test('stops at the output limit', async () => {
    const { body } = await complete({ max_tokens: 3, messages: [{ role: 'user', content: 'Sum up this page.' }] });

    expect(body.choices[0].finish_reason).toBe('length');
    expect(body.usage.completion_tokens).toBe(3);
  });

  test('keeps to a schema', async () => {
    const schema = {
      type: 'object',
      properties: { kind: { enum: ['invoice', 'letter'] }, title: { type: 'string', maxLength: 40 } },
      required: ['kind', 'title'],
      additionalProperties: false,
    };
    const { body } = await complete({
      max_tokens: 300,
      messages: [{ role: 'user', content: 'What is this?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    });

    const answer = JSON.parse(body.choices[0].message.content);
    expect(['invoice', 'letter']).toContain(answer.kind);
    expect(answer.title).toEqual(expect.any(String));
  });

  test('refuses a prompt that is longer than its context', async () => {
    const { status, body } = await complete({ messages: [{ role: 'user', content: 'x'.repeat(llmContextTokens) }] });

    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: 'exceed_context_size_error', n_ctx: llmContextTokens });
  });
});
