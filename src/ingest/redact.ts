/** Query parameters whose values are secrets. */
const SECRET_PARAMETER = /([?&][^=&]*(?:pass|pwd|token|secret|key|auth|sig)[^=&]*=)[^&#\s]*/gi;
/** `user:password@` (or `user@`) behind a scheme. */
const CREDENTIALS = /([a-z][\w+.-]*:\/\/)[^/?#\s]*@/gi;

/** A text as it may be printed, logged or sent: credentials and secret parameters of every address in it are replaced by `***`. */
export const redact = (text: string): string => text.replace(CREDENTIALS, '$1***@').replace(SECRET_PARAMETER, '$1***');
