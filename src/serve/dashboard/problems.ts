/** What the server says is wrong with a definition, taken apart so that each part stands at its field. Pure. */

/** Complaints by the field they are about, and what is about none of them. */
export interface Complaints<Field extends string> {
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly rest: string | undefined;
}

const BEGINNING = 'The settings are not valid: ';

/** Puts a complaint at the field whose path its own path begins with. */
const fieldOf = <Field extends string>(part: string, paths: Readonly<Record<Field, string>>): Field | undefined =>
  (Object.keys(paths) as Field[]).find((field) => [': ', '.', '['].some((next) => part.startsWith(paths[field] + next)));

/** The parts of a list; a message may have a semicolon of its own, but only a part begins with a path. */
const partsOf = (list: string): string[] => list.split(/; (?=[\w.[\]-]+: )/);

/**
 * Takes the sentence of a fault `settings-invalid` apart, as `settingsFault` builds it: `path: message; path: message`.
 *
 * @param sentence what the server said
 * @param paths where each field stands in a definition, such as `gate.appearance`
 */
export const complaintsOf = <Field extends string>(sentence: string, paths: Readonly<Record<Field, string>>): Complaints<Field> => {
  if (!sentence.startsWith(BEGINNING)) return { fields: {} as Partial<Record<Field, string>>, rest: sentence };
  const [list = '', remedy] = sentence.slice(BEGINNING.length).split(/\.(?= Correct )/, 2);
  const fields: Partial<Record<Field, string>> = {};
  const rest: string[] = [];
  for (const part of partsOf(list)) {
    const field = fieldOf(part, paths);
    if (field === undefined) rest.push(part);
    else fields[field] = [fields[field], part.slice(part.indexOf(': ') + 2)].filter((text) => text !== undefined).join('; ');
  }
  return { fields, rest: rest.length === 0 ? undefined : `${rest.join('; ')}.${remedy ?? ''}` };
};
