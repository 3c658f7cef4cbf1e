// Owns the tests of recognising a model without eyes, in the words of each server.
import { describe, expect, it } from 'vitest';
import { refusesPictures } from '../../../src/llm/visionRefusal.ts';

const REFUSALS: [server: string, message: string][] = [
  ['llama.cpp', 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'],
  ['older llama.cpp', 'image input is not supported by this server'],
  ['llama.cpp before pictures', 'Failed to parse messages: Unsupported content part type: "image_url"; messages = ['],
  ['llamafile', "The server was not compiled for multimodal or the model projector can't be loaded."],
  ['llama-cpp-python', 'Image input detected, but the loaded model is not configured with a mmproj module.'],
  ['OpenAI', 'Invalid content type. image_url is only supported by certain models.'],
  ['vLLM', 'Qwen/Qwen3-0.6B is not a multimodal model None'],
  ['vLLM with a limit of none', 'At most 0 image(s) may be provided in one prompt.'],
  ['Ollama', 'this model is missing data required for image input'],
  ['newer Ollama', 'this model does not support image input (ref: b8bd630e-4a39-4b57-82af-9158ee9d5703)'],
  ['LM Studio', 'Model does not support images. Please use a model that does.'],
  ['OpenRouter', 'No endpoints found that support image input'],
  ['Groq', 'messages[1].content must be a string'],
  [
    'older Groq',
    "'messages.1' : for 'role:user' the following must be satisfied[('messages.1.content' : value must be a string)]",
  ],
  [
    'DeepSeek',
    'Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text` at line 1 column 9182',
  ],
  [
    'older DeepSeek',
    'Failed to deserialize the JSON body into the target type: messages[2]: invalid type: sequence, expected a string at line 1 column 2901',
  ],
  ['Fireworks', 'Cannot preprocess image len(combined_imgs) = 1, len(image_ranges) = 0, please provide valid images'],
];

const OTHERS: [what: string, message: string][] = [
  ['a picture that it cannot read', 'Failed to load image or audio file'],
  [
    'a format that it does not know',
    'You uploaded an unsupported image. Please make sure your image has of one the following formats: png, jpeg',
  ],
  ['formats of another kind', 'This model does not support image formats other than PNG'],
  ['too many pictures', 'At most 1 image(s) may be provided in one prompt.'],
  ['ten allowed', 'At most 10 image(s) may be provided in one prompt.'],
  ['too long a prompt', 'request (17127 tokens) exceeds the available context size (16384 tokens), try increasing it'],
  ['a crash', 'llama runner process has terminated: exit status 2'],
];

describe('refusesPictures', () => {
  it.each(REFUSALS)('understands %s', (_server, message) => {
    expect(refusesPictures(message)).toBe(true);
  });

  it.each(OTHERS)('does not take %s for blindness', (_what, message) => {
    expect(refusesPictures(message)).toBe(false);
  });
});
