// Owns the caps that are no operator's choice, each with its reason.

/** Characters of a document that go into a summary: 50k tokens, several chunks of a small model. The page's own text is never capped. */
export const MAX_SUMMARY_CHARS = 200_000;

/**
 * One decoded stream of a PDF; ordinary streams stay far below. A Flate bomb took 3.2 GB without a cap. With two threads on hostile
 * files at once the process peaked at 673 MB with a cap of 64 MB, and at 473–516 MB with this one (`node test/bench/bot.ts memory`).
 */
export const MAX_STREAM_BYTES = 32 * 1024 * 1024;

/**
 * Memory of the whole process, for so many threads of each kind that may hold so much each. Over `tightMb` no further
 * thread is started, and idle ones end for whoever waits for one; over `fullMb` the file that takes most is put aside until
 * it is alone. A file fills some 100 MB before that is seen and its thread has ended: 600 MB at most for two threads of
 * 256 MB, if glibc gives back what is freed (`npm start` sets MALLOC_TRIM_THRESHOLD_; `node test/bench/hostile.ts` measures it so).
 */
export function processMemoryMb(work: { threads: number; memoryMb: number }): { tightMb: number; fullMb: number } {
  const fullMb = 450 + (work.memoryMb - 256) + 130 * Math.max(0, work.threads - 2);
  return { tightMb: fullMb - 50, fullMb };
}

/** Answers longer than this carry the whole text as a file. */
export const ATTACH_TEXT_OVER_CHARS = 4_000;

/** A whole Matrix event is at most 65,536 bytes (room version rules); plain body and HTML both carry the text. */
export const MAX_EVENT_BYTES = 60_000;

/** A status notice is worth its send only when the answer takes longer than this. */
export const STATUS_AFTER_MS = 3_000;

/** An answer that took longer than this is a new message that mentions the uploader; notices notify nobody. */
export const MENTION_AFTER_MS = 60_000;

/** How long a job may wait for a model that is away, before it is answered without. */
export const MAX_OUTAGE_MS = 24 * 3_600_000;

/**
 * While the model is away for so long, and LLM_FALLBACK allows it, uploads are answered with their own sentences; the model's summary
 * takes their place when it is back. A shorter outage is waited out.
 */
export const ANSWER_WITHOUT_MODEL_AFTER_MS = 15_000;

/**
 * A file that was being read when the process died so many times is read alone, in a process of its own, whose death is its own fault.
 * Once may be anything: a power cut, an operator.
 */
export const SUSPECT_AFTER_DEATHS = 2;

/** Even read alone it may take everything along (a container that is killed as a whole). With the pauses between, chance does not get there. */
export const CONDEMNED_AFTER_DEATHS = 10;

/** The backlog run tries a failed upload so many nights, if it is not older than this. */
export const MAX_BACKLOG_TRIES = 7;
export const BACKLOG_REACH_MS = 7 * 86_400_000;

/** A picture whose mean grey is darker is turned light before OCR: light letters on a dark screen are read as badly as none. */
export const DARK_MEAN = 110;

/**
 * The height that small letters are brought to for OCR (median of those with ascenders and without: 8 for a font of 14 px, 9 for 16), at
 * most doubled. Over screens of 10 to 18 px, light and dark, 0.4 % of the words are wrong; with all below 9 doubled and the others
 * left 1.4 %, and of ruled tables in fonts of 12 and 13 px two thirds were lost.
 */
export const OCR_LETTER_PX = 13;

/** What OCR gets at most: a doubled screenshot of 4 megapixels. Time and memory of the recogniser go with the pixels. */
export const MAX_OCR_PIXELS = 16_000_000;

/** So much of it a picture gets at most whose letters are too few to tell their height: a page of a scan with nothing but a stamp. */
export const MAX_GUESSED_OCR_PIXELS = 8_000_000;

/** Longest side of a picture that a model gets: larger ones are scaled down by the servers themselves. */
export const MODEL_PICTURE_SIDE = 1568;

/**
 * What a page of a PDF is painted in at most: A4 has 3.9 million pixels at 200 dots an inch. Larger sheets (plans, posters) get a
 * coarser resolution.
 */
export const MAX_PAINTED_PIXELS = 8_000_000;

/** All canvases of one page: eight of the largest size, as for groups in groups, or one for a picture of 600 dpi and those it shrinks in. */
export const MAX_CANVAS_BYTES = 8 * 4 * MAX_PAINTED_PIXELS;

/** Tesseract takes no picture with a longer side, and Skia none that is much longer. */
export const MAX_OCR_SIDE = 32_766;

/** One page in an OCR thread; a dense page of 150 dpi takes 2–4 s on a slow core, so that this is a page that never ends. */
export const OCR_PAGE_TIMEOUT_MS = 60_000;

/**
 * What a picture for a model counts for in its context. Inside 1200 × 800: Qwen2.5-VL 1,250, Qwen3-VL 950, GPT-4.1 about 950,
 * GPT-4o 1,105, Gemma 3 256 (by their published rules). What takes more (LLaVA 1.6 2,880) is met by the server's own count.
 */
export const TOKENS_A_PICTURE = 1_600;

/** A cropped line of 7 px letters has 10; below that there are tracking pixels, bullets and rulers. */
export const MIN_PICTURE_SIDE_PX = 10;

/**
 * A picture is blank when no part of it (64 px of a screenshot) differs by so many of 256 greys, seen so small that noise is gone: an
 * empty scan with noise of σ 4 has 8, a blank sheet in uneven light 7, one faint word (#ccc, 12 px) on a 1080p screenshot 27.
 */
export const BLANK_CONTRAST = 12;

/**
 * A picture is blurred when no part of it has a larger variance of the Laplacian, neither as it is nor at half its size (half a
 * megapixel at most), where large soft letters still show. As it is / at half size: sharp 12 px letters 25,000 / 5,400, one faint word
 * on an empty screen 130 / 26, 24 px blurred by σ 2 (readable) 87 / 800, by 3 (99 % word errors) 11 / 93, by 4 5 / 28; 48 px by 4
 * (13 %) 8 / 83, by 6 3 / 14; 12 px by 3 11 / 68. In doubt the recogniser decides.
 */
export const BLURRED_BELOW = 60;
export const BLURRED_BELOW_AT_HALF = 75;

/** More of a picture is not looked at when its quality is judged; a 4K screenshot has 8.3 million. */
export const MAX_JUDGED_PIXELS = 9_000_000;

/** A picture so many times as long as wide comes to a model in parts: shrunk to one, a scrolled screenshot has letters of 3 px. */
export const LONG_PICTURE_ASPECT = 2.5;

/** Parts of one long picture: each costs a model some 1,000 to 2,000 tokens. */
export const MAX_MODEL_TILES = 6;

/** Share of a part that the next one shows again, so that no line is cut in both: four lines of a screenshot's text. */
export const MODEL_TILE_OVERLAP = 0.08;

/**
 * An AVIF may have fewer pixels than other pictures: its decoder takes 18 bytes for each, outside of the thread's heap. One of 49
 * megapixels took 880 MB, other formats 50–270 MB.
 */
export const MAX_AVIF_PIXELS = 16_000_000;

/**
 * Confidence of text recognition, 0–100: text that can be read came out with 79 and more, blurred text of which nearly nothing was right
 * with at most 27, grass and noise on photos with 39 to 43. Below the first there is as good as no text; below the second it is no hint to a
 * model, and members are told to check it.
 */
export const NO_TEXT_CONFIDENCE = 50;
export const SURE_CONFIDENCE = 75;
