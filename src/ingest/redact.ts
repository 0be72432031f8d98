/** Query parameters whose values are secrets. */
const SECRET_PARAMETER = /([?&][^=&]*(?:pass|pwd|token|secret|key|auth|sig)[^=&]*=)[^&#\s]*/gi;
/**
 * `user:password@` (or `user@`) behind a scheme. Also with a `/`, `?` or `#` in the password, which belongs percent-encoded and
 * is often not: then what stands behind the colon is no port.
 */
const CREDENTIALS = /([a-z][\w+.-]*:\/\/)(?:[^/?#\s]*@|[^/?#\s:]+:(?!\d{1,5}(?:[/?#\s]|$))[^\s@]*@)/gi;

/** A text as it may be printed, logged or sent: credentials and secret parameters of every address in it are replaced by `***`. */
export const redact = (text: string): string => text.replace(CREDENTIALS, '$1***@').replace(SECRET_PARAMETER, '$1***');
