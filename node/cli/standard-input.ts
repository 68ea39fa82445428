/** What a lone dash among the arguments is turned into before they are parsed. No argument of ours looks like it. */
export const STANDARD_INPUT = '(standard input)';
