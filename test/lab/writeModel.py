# Owns the lab's language model: a real GGUF of the llama architecture that babbles in ASCII, for want of real weights.
#
# Its words mean nothing; the protocol, the context limit, the schemas and the usage counts of the server around it are
# real. Its tokens are single bytes, so a prompt costs about one token a character.
import math
import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, FEED_FORWARD, TRAINED_CONTEXT = 64, 2, 4, 128, 131_072
END, FIRST_BYTE, SPACE = 2, 3, 3 + 256
TOKENS = SPACE + 1
# Which character the model says after which is counted here. A character that is missing here is never said, and the
# last one ends the answer.
SPOKEN = """The report lists what was ordered and when it is due. Each page names a place, a date, and the cost of it.
- Those who read the first part at once can read the rest later, on page 7 or in the table on page 38.
- Nothing in this answer is true, for it was made by chance. It is here to be sent, read and stored.
- On other days the letters fall in other ways, so that no two answers are the same. 65 of 92 lines end thus.
{"title": "a short note", "points": "one or two words of it", "page": "14"}"""
NEVER = -1e3
# How much seeing a pair once outweighs not seeing it. Anything may follow anything, so that a schema can always go on.
UNSEEN = 0.002

rng = np.random.default_rng(20)


def noise(*shape):
    return rng.normal(0, 0.05, shape).astype(np.float32)


def log_chance(weights):
    with np.errstate(divide='ignore'):
        return np.maximum(np.log(weights / weights.sum()), NEVER)


def chances():
    """The log chance of every token by itself, and after each spoken token: (TOKENS,), {token: (TOKENS,)}."""
    said = [SPACE if char == ' ' else FIRST_BYTE + ord(char) for char in SPOKEN] + [END]
    alone = np.bincount(said, minlength=TOKENS)
    after = {token: alone * UNSEEN for token in sorted(set(said))}
    for token, following in zip(said, said[1:]):
        after[token][following] += 1
    return log_chance(alone), {token: log_chance(weights) for token, weights in after.items()}


def embeddings():
    """
    Token embeddings and output rows that give those chances without the output bias that the architecture lacks:
    dimension 0 is 1 for every token and carries the chance alone, one more dimension a spoken token what follows it.
    """
    alone, after = chances()
    assert len(after) < WIDTH
    # The closing norm scales a row with two ones to length sqrt(WIDTH).
    scale = math.sqrt(WIDTH / 2)
    tokens, output = np.zeros((2, TOKENS, WIDTH), np.float32)
    tokens[:, 0] = 1
    output[:, 0] = alone / scale
    for dimension, (token, chance) in enumerate(after.items(), start=1):
        tokens[token, dimension] = 1
        output[:, dimension] = (chance - alone) / scale
    return tokens, output


def add_tensors(writer):
    tokens, output = embeddings()
    ones = np.ones(WIDTH, np.float32)
    writer.add_tensor('token_embd.weight', tokens)
    writer.add_tensor('output.weight', output)
    writer.add_tensor('output_norm.weight', ones)
    for layer in range(LAYERS):
        block = f'blk.{layer}.'
        for norm in ('attn_norm', 'ffn_norm'):
            writer.add_tensor(f'{block}{norm}.weight', ones)
        for part in ('attn_q', 'attn_k', 'attn_v'):
            writer.add_tensor(f'{block}{part}.weight', noise(WIDTH, WIDTH))
        for part in ('ffn_gate', 'ffn_up'):
            writer.add_tensor(f'{block}{part}.weight', noise(FEED_FORWARD, WIDTH))
        for part, width in (('attn_output', WIDTH), ('ffn_down', FEED_FORWARD)):
            rows = noise(WIDTH, width)
            # Noise in dimension 0 would let the other bytes through.
            rows[0] = 0
            writer.add_tensor(f'{block}{part}.weight', rows)


def add_tokenizer(writer):
    kind = gguf.TokenType
    writer.add_tokenizer_model('llama')
    # A space is written as U+2581 here; without a token of its own it would cost three.
    writer.add_token_list(['<unk>', '<s>', '</s>', *(f'<0x{byte:02X}>' for byte in range(256)), '\u2581'])
    writer.add_token_scores([0.0] * TOKENS)
    writer.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL, *[kind.BYTE] * 256, kind.NORMAL])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_add_space_prefix(False)


def write(path):
    writer = gguf.GGUFWriter(path, 'llama')
    writer.add_name('lector-lab')
    writer.add_context_length(TRAINED_CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    add_tokenizer(writer)
    add_tensors(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


write(sys.argv[1])
