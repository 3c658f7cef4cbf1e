// Owns what a picture is made from inside a thread: a file or its bytes with a page, or the pixels of a rendered page.

/** Rows from the top, `channels` bytes a pixel, no padding. */
export type RawPicture = { raw: Uint8Array; width: number; height: number; channels: 1 | 3 | 4 };

/** `page` counts from 1: a page of a TIFF; of an animation only the first picture is there. */
export type PictureSource = { path: string; page: number } | { bytes: Uint8Array; page: number } | RawPicture;
