/** Consent to send (RFC 7675), which who only receives does not need. */

/** What werift keeps of it. */
interface Consenting {
  queryConsent?: () => void;
  consentFresh?: boolean;
}

/**
 * Lets a transport live as long as its publisher sends. werift asks the other side again and again whether it may send, and
 * gives the connection up when it gets no answer for 30 s. The WHIP muxer of FFmpeg 8.1 answers none once media flows, and was
 * lost every 30 s. An end that sends no media needs no consent (section 5.1); who is silent is given up by the reception.
 */
export const withoutConsent = ({ connection }: { readonly connection: object }): void => {
  const consenting: Consenting = connection;
  consenting.queryConsent = () => {
    consenting.consentFresh = true;
  };
};
