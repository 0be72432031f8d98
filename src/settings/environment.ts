/** `${NAME}` and `${NAME:-default}` in values. */

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value after substitution. */
export interface Substituted {
  readonly text: string;
  /** The text with what came from the environment hidden. */
  readonly shown: string;
  /** What came from the environment; empty where defaults were used. */
  readonly secrets: readonly string[];
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const NAME = /^([A-Za-z_]\w*)(?::-(.*))?$/s;

/** Whether a text has anything to substitute. */
export const hasReferences = (text: string): boolean => text.includes('${');

/**
 * Replaces `${NAME}` by the variable, `${NAME:-default}` by the default where the variable is unset or empty, and `$${` by
 * `${` itself. What was put in is not looked at again. Pure.
 */
export const substitute = (text: string, environment: Environment): Substituted => {
  const secrets: string[] = [];
  const faults: string[] = [];
  const valueOf = (inner: string | undefined): { text: string; shown: string } => {
    const [, name, otherwise] = NAME.exec(inner ?? '') ?? [];
    if (name === undefined) {
      faults.push('${ begins a variable, written ${NAME} or ${NAME:-default}; for the text itself write $${');
      return { text: '', shown: '' };
    }
    const value = environment[name];
    if (otherwise !== undefined && (value === undefined || value === '')) return { text: otherwise, shown: otherwise };
    if (value === undefined) {
      faults.push(`the environment variable ${name} is not set; set it, or give a default: \${${name}:-default}`);
      return { text: '', shown: '' };
    }
    secrets.push(value);
    return { text: value, shown: '***' };
  };
  let [made, visible, from] = ['', '', 0];
  for (const match of text.matchAll(REFERENCE)) {
    const before = text.slice(from, match.index);
    const put = match[0] === '$${' ? { text: '${', shown: '${' } : valueOf(match[1]);
    made += before + put.text;
    visible += before + put.shown;
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  return { text: made + rest, shown: visible + rest, secrets, faults };
};
