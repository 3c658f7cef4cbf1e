# Owns the lab's projector: a real GGUF of a CLIP encoder, with random weights, that makes the lab's model take pictures.
#
# What it makes of a picture means nothing, and the model heeds no token but the last. Decoding the picture, its place in the
# prompt and its count of tokens (PATCHES_A_SIDE squared, whatever its size) are real.
import sys

import gguf
import numpy as np

# The width of the language model of writeModel.py: what the projector gives out goes in there.
MODEL_WIDTH = 64
WIDTH, LAYERS, HEADS, FEED_FORWARD = 64, 1, 2, 128
PATCH_PIXELS, PATCHES_A_SIDE = 14, 8

random = np.random.default_rng(1)


def some(*shape):
    return random.normal(0, 0.02, shape).astype(np.float32)


def add_norm(writer, name):
    writer.add_tensor(f'{name}.weight', np.ones(WIDTH, np.float32))
    writer.add_tensor(f'{name}.bias', np.zeros(WIDTH, np.float32))


def add_linear(writer, name, inputs, outputs):
    writer.add_tensor(f'{name}.weight', some(outputs, inputs))
    writer.add_tensor(f'{name}.bias', np.zeros(outputs, np.float32))


def add_tensors(writer):
    writer.add_tensor('v.patch_embd.weight', some(WIDTH, 3, PATCH_PIXELS, PATCH_PIXELS))
    writer.add_tensor('v.class_embd', some(WIDTH))
    writer.add_tensor('v.position_embd.weight', some(PATCHES_A_SIDE**2 + 1, WIDTH))
    add_norm(writer, 'v.pre_ln')
    for layer in range(LAYERS):
        block = f'v.blk.{layer}'
        for part in ('q', 'k', 'v', 'out'):
            add_linear(writer, f'{block}.attn_{part}', WIDTH, WIDTH)
        add_norm(writer, f'{block}.ln1')
        add_norm(writer, f'{block}.ln2')
        add_linear(writer, f'{block}.ffn_up', WIDTH, FEED_FORWARD)
        add_linear(writer, f'{block}.ffn_down', FEED_FORWARD, WIDTH)
    add_linear(writer, 'mm.0', WIDTH, MODEL_WIDTH)
    add_linear(writer, 'mm.2', MODEL_WIDTH, MODEL_WIDTH)


def write(path):
    writer = gguf.GGUFWriter(path, 'clip')
    writer.add_type('mmproj')
    writer.add_bool('clip.has_vision_encoder', True)
    writer.add_string('clip.projector_type', 'mlp')
    writer.add_bool('clip.use_gelu', True)
    writer.add_uint32('clip.vision.image_size', PATCH_PIXELS * PATCHES_A_SIDE)
    writer.add_uint32('clip.vision.patch_size', PATCH_PIXELS)
    writer.add_uint32('clip.vision.embedding_length', WIDTH)
    writer.add_uint32('clip.vision.feed_forward_length', FEED_FORWARD)
    writer.add_uint32('clip.vision.projection_dim', MODEL_WIDTH)
    writer.add_uint32('clip.vision.block_count', LAYERS)
    writer.add_uint32('clip.vision.attention.head_count', HEADS)
    writer.add_float32('clip.vision.attention.layer_norm_epsilon', 1e-5)
    writer.add_array('clip.vision.image_mean', [0.5, 0.5, 0.5])
    writer.add_array('clip.vision.image_std', [0.5, 0.5, 0.5])
    add_tensors(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


write(sys.argv[1])
