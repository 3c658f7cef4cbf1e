# Owns the lab's language model: a real GGUF of the llama architecture, with made-up weights for want of trained ones.
#
# It knows nothing of its prompt: it strings together what stands in ANSWERS. The protocol, the context limit, the schemas
# and the usage counts of the server around it are real. A prompt costs about one token a character, for its tokens are bytes.
import math
import re
import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, FEED_FORWARD, TRAINED_CONTEXT = 64, 1, 2, 64, 131_072
# Which word the model says after which is counted here. Only the words around a choice are shared, so it cannot walk in circles.
ANSWERS = [
    """The document sets out a plan (p. 1). It closes with the costs (p. 2).

Key points:
- Work starts in May (p. 1)
- Money comes last (p. 2)""",
    """The document describes one machine (p. 1). It warns of heat (p. 2).

Key points:
- Keep doors shut (p. 1)
- Call for help (p. 2)""",
    """The document lists names (p. 1). It gives no reasons (p. 2).

Key points:
- Nobody signed yet (p. 1)
- Reply within days (p. 2)""",
]
# A word brings along the white space and the bullet before it, and the page reference behind it.
WORD = re.compile(r'\s*(?:- )?\S+(?: \(p\. \d+\)\S*)?')
WORDS = sorted({word for answer in ANSWERS for word in WORD.findall(answer)})
END, FIRST_BYTE = 2, 3
# The tokenizer writes a space as U+2581; without a token of its own it would cost three.
SPACE = FIRST_BYTE + 256
FIRST_WORD = SPACE + 1
TOKENS = FIRST_WORD + len(WORDS)
# Log chances of what no answer says: only a schema that forbids the words of the answers makes the model say it. Quotes
# and what ends a value come first, so that strings and numbers end; bytes beyond ASCII would be no UTF-8.
QUOTE, CLOSING, ASCII, OTHER_WORD, NEVER = -12, -14, -20, -30, -1000


def byte(char):
    return FIRST_BYTE + ord(char)


def log_chances(followers):
    """The log chance of every token where one of `followers` comes next, each as often as it is listed."""
    chance = np.full(TOKENS, NEVER, np.float32)
    chance[byte(' ') : byte('~') + 1] = ASCII
    chance[[byte(char) for char in ',:]}']] = CLOSING
    chance[[byte('"'), END]] = QUOTE
    chance[FIRST_WORD:] = OTHER_WORD
    for token in followers:
        chance[token] = math.log(followers.count(token) / len(followers))
    return chance


def embeddings():
    """
    Token embeddings and output rows that give those chances without the output bias that the architecture lacks:
    dimension 0 is 1 for every token and says how an answer begins, one more dimension a word says what follows it.
    """
    begins, follows = [], [[] for _ in WORDS]
    for answer in ANSWERS:
        said = [FIRST_WORD + WORDS.index(word) for word in WORD.findall(answer)]
        begins.append(said[0])
        for token, following in zip(said, [*said[1:], END]):
            follows[token - FIRST_WORD].append(following)
    assert len(WORDS) < WIDTH
    # The closing norm scales a row with two ones to length sqrt(WIDTH).
    scale = math.sqrt(WIDTH / 2)
    tokens, output = np.zeros((2, TOKENS, WIDTH), np.float32)
    beginning = log_chances(begins)
    tokens[:, 0] = 1
    output[:, 0] = beginning / scale
    for index, following in enumerate(follows):
        tokens[FIRST_WORD + index, 1 + index] = 1
        output[:, 1 + index] = (log_chances(following) - beginning) / scale
    return tokens, output


def add_tensors(writer):
    tokens, output = embeddings()
    ones = np.ones(WIDTH, np.float32)
    writer.add_tensor('token_embd.weight', tokens)
    writer.add_tensor('output.weight', output)
    writer.add_tensor('output_norm.weight', ones)
    # The layers are computed in full and add nothing: what a word stands for must reach the output undisturbed.
    zeros = {
        **{f'attn_{part}': (WIDTH, WIDTH) for part in ('q', 'k', 'v', 'output')},
        **{f'ffn_{part}': (FEED_FORWARD, WIDTH) for part in ('gate', 'up')},
        'ffn_down': (WIDTH, FEED_FORWARD),
    }
    for layer in range(LAYERS):
        for norm in ('attn_norm', 'ffn_norm'):
            writer.add_tensor(f'blk.{layer}.{norm}.weight', ones)
        for part, shape in zeros.items():
            writer.add_tensor(f'blk.{layer}.{part}.weight', np.zeros(shape, np.float32))


def add_tokenizer(writer):
    kind = gguf.TokenType
    writer.add_tokenizer_model('llama')
    raw = [f'<0x{byte:02X}>' for byte in range(256)]
    words = [word.replace(' ', '\u2581') for word in [' ', *WORDS]]
    writer.add_token_list(['<unk>', '<s>', '</s>', *raw, *words])
    writer.add_token_scores([0.0] * TOKENS)
    writer.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL, *[kind.BYTE] * 256, *[kind.NORMAL] * (1 + len(WORDS))])
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
