// Owns recognising, in the words of the many servers, that a model takes no pictures.

const SAYINGS = [
  /image input is not supported/i,
  /unsupported content part type/i,
  /not compiled for multimodal/i,
  /not configured with a mmproj/i,
  /missing data required for image input/i,
  // Not for what is said of one picture: its format, its size, its address.
  /does(?: not|n't) support (?:images?(?: inputs?)?|vision|multi-?modal\w*)\b(?! (?:formats?|types?|urls?|sizes?|larger|with|of))/i,
  /is not a (?:multi-?modal|vision) model/i,
  /at most 0 image/i,
  /image_url is only supported by/i,
  /no endpoints found that support image/i,
  /unknown variant [`'"]?image_url/i,
  /invalid type: sequence, expected a string/i,
  /content['"\])]* ?:?.{0,12}must be a string/i,
  /image_ranges\) = 0/i,
];

/** Whether a server's answer to a call with pictures says that its model takes none at all. */
export function refusesPictures(message: string): boolean {
  return SAYINGS.some((saying) => saying.test(message));
}
