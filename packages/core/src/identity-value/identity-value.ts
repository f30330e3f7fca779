/**
 * What a text is by the rules of one kind of identity: the identity in its canonical form, in which
 * two spellings of one identity are one string, or the first rule that the text breaks.
 *
 * No value but a common name holds an asterisk, which keeps every identity apart from every pattern.
 */
export type IdentityValue = { readonly value: string } | { readonly fault: string }

/** Reads a text by the rules of one kind; pure, total and in linear time. */
export type IdentityParser = (text: string) => IdentityValue
